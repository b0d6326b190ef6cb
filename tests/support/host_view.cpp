// SPDX-License-Identifier: MIT
#include "support/host.hpp"

#include <algorithm>
#include <sstream>

// What tests ask a host.
namespace pmp::test {

namespace {

bool is_held(lease_state state) {
    return state == lease_state::held || state == lease_state::renewing;
}

void print(std::ostream& out, event const& happened) {
    out << to_string(happened.kind) << " gateway=" << happened.gateway;
    if (!happened.mapping.empty()) {
        out << " mapping=" << happened.mapping;
    }
    if (happened.lease) {
        out << " via=" << to_string(happened.lease->via)
            << " assigned=" << to_string(happened.lease->assigned)
            << " lifetime=" << happened.lease->lifetime.count()
            << " epoch=" << happened.lease->epoch;
    }
    if (happened.was) {
        out << " was=" << to_string(*happened.was);
    }
    if (happened.kind == event_kind::lost) {
        out << " reason=" << to_string(happened.reason);
    }
    if (happened.error) {
        out << " error=" << result_name(happened.error)
            << " retry_after=" << happened.retry_after.count();
    }
}

} // namespace

bool host::holds(std::string_view mapping) const {
    auto const state = state_of(mapping);
    return state && is_held(*state);
}

bool host::holds_all() const {
    return is_running() && leases().size() == wishes_.size();
}

std::optional<standing> host::standing_of(std::string_view mapping) const {
    if (is_running()) {
        for (auto const& row : engine_->standings()) {
            if (row.mapping.name == mapping) {
                return row;
            }
        }
    }
    return {};
}

std::optional<lease> host::lease_of(std::string_view mapping) const {
    auto const row = standing_of(mapping);
    return row ? row->lease : std::nullopt;
}

std::optional<lease_state> host::state_of(std::string_view mapping) const {
    auto const row = standing_of(mapping);
    return row ? std::optional(row->state) : std::nullopt;
}

std::vector<lease> host::leases() const {
    std::vector<lease> result;
    if (is_running()) {
        for (auto const& row : engine_->standings()) {
            if (is_held(row.state) && row.lease) {
                result.push_back(*row.lease);
            }
        }
    }
    return result;
}

std::size_t host::count(event_kind kind, std::string_view mapping) const {
    return static_cast<std::size_t>(std::count_if(
        events_.begin(),
        events_.end(),
        [&](event const& happened) {
            return happened.kind == kind && (mapping.empty() || happened.mapping == mapping);
        }
    ));
}

std::optional<event> host::last(event_kind kind, std::string_view mapping) const {
    auto const found = std::find_if(events_.rbegin(), events_.rend(), [&](event const& happened) {
        return happened.kind == kind && (mapping.empty() || happened.mapping == mapping);
    });
    return found != events_.rend() ? std::optional(*found) : std::nullopt;
}

std::string host::history() const {
    constexpr std::size_t most = 40;
    std::ostringstream out;
    auto const start = timeline_.now() - timeline_.elapsed();
    auto const skipped = events_.size() > most ? events_.size() - most : 0;
    for (auto i = skipped; i < events_.size(); ++i) {
        out << std::chrono::duration<double>(events_[i].at - start).count() << " s ";
        print(out, events_[i]);
        out << '\n';
    }
    return out.str();
}

} // namespace pmp::test
