// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <algorithm>

// What a gateway that is no longer in view leaves behind.
namespace pmp {

void gateway::vanish(time_point now) {
    if (!view_) {
        return;
    }
    queue_.clear();
    for (auto at = tenants_.begin(); at != tenants_.end();) {
        auto const here = at++;
        note_under_way(here, now);
        here->second.queued = false;
        here->second.next = nullptr;
        here->second.half.reset();
        apply(here, here->second.machine.gateway_gone(), now);
    }
    if (known_->found) {
        announce(news(event_kind::gateway_lost), now);
    }
    view_.reset();
    known_.reset();
}

/// What is under way may still be granted, and nobody hears of it: once the gateway is back it is
/// taken to be there, so that it is renewed or deleted like any other.
void gateway::note_under_way(tenants::iterator at, time_point now) {
    auto const& machine = at->second.machine;
    if (!machine.awaits_answer() || machine.deleting()) {
        return;
    }
    auto const* s = find_slot(at->first);
    auto const request = request_for(at);
    lease granted;
    granted.via = s != nullptr ? s->via->id() : dialect_for(at->second).id();
    granted.assigned = request.assigned.value_or(request.suggested);
    granted.expires = now + request.lifetime;
    granted.permanent = machine.held() && machine.held()->permanent;
    shared_.book.note(*view_, machine.wish(), granted);
}

} // namespace pmp
