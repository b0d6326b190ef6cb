// SPDX-License-Identifier: MIT
#include "net/event_queue.hpp"

#include <utility>

namespace pmp::net {

event_queue::key event_queue::key_of(event const& e) {
    auto const kind = e.mapping.empty() ? e.kind : event_kind{};
    return {e.gateway, e.mapping, kind};
}

void event_queue::push(event e) {
    auto const [place, fresh] = places_.try_emplace(key_of(e));
    if (!fresh) {
        pending_.erase(place->second);
    }
    place->second = pending_.insert(pending_.end(), std::move(e));
}

std::optional<event> event_queue::pop() {
    if (pending_.empty()) {
        return std::nullopt;
    }
    places_.erase(key_of(pending_.front()));
    std::optional<event> oldest = std::move(pending_.front());
    pending_.pop_front();
    return oldest;
}

void event_queue::clear() {
    places_.clear();
    pending_.clear();
}

} // namespace pmp::net
