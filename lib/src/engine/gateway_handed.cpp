// SPDX-License-Identifier: MIT
#include "dialect/igd_dialect.hpp"
#include "engine/gateway.hpp"

#include <algorithm>

// What another engine was granted here, and this one goes on with.
namespace pmp {

/// The lease of that mapping, if one was handed over that still stands and is what is wished for.
std::optional<lease> gateway::take_handed(tenants::iterator at, time_point now) {
    auto const& wish = at->second.machine.wish();
    auto const fits = [&](lease const& each) {
        auto const exact = wish.exact && wish.suggested.port != 0;
        return each.protocol == wish.protocol && each.gateway.address == view_->address &&
               each.internal == internal_of(at->first) && each.expires > now &&
               each.via != dialect_id::direct &&
               // What a pinhole is renewed by is known to the session alone that made it.
               (each.via != dialect_id::igd || view_->address.is_v4()) &&
               (!exact || each.assigned.port == wish.suggested.port);
    };
    auto& all = shared_.handed;
    auto const found = std::find_if(all.begin(), all.end(), fits);
    if (found == all.end()) {
        return {};
    }
    auto out = std::move(*found);
    all.erase(found);
    return out;
}

/// As if it had just been asked for and granted here.
effects gateway::go_on_with(tenants::iterator at, lease const& handed, time_point now) {
    auto& machine = at->second.machine;
    auto const* by_datagram = find_dialect(handed.via);
    auto const granted_at = handed.expires - handed.lifetime;
    machine.gateway_ready(handed.assigned);
    machine.sent(
        by_datagram != nullptr ? by_datagram->patience() : the_igd_dialect().patience(),
        shared_.jitter,
        granted_at
    );
    if (by_datagram != nullptr) {
        known_->speech.answered(*by_datagram);
        auto& watch = handed.via == dialect_id::pcp ? known_->pcp_epoch : known_->nat_pmp_epoch;
        if (!watch.last()) {
            // The first value is the reference of those to come, and no more.
            watch.plausible(handed.epoch, granted_at);
        }
    }
    if (view_->address.is_v4() && !handed.assigned.address.is_unspecified()) {
        known_->external = handed.assigned.address;
    }
    auto out = take(
        at,
        {handed.via,
         handed.gateway,
         handed.internal,
         handed.assigned,
         handed.lifetime,
         handed.epoch,
         handed.permanent,
         handed.presumed,
         handed.verified},
        granted_at
    );
    if (machine.state() == lease_state::held) {
        remember(at->second);
    }
    greet(now);
    return out;
}

} // namespace pmp
