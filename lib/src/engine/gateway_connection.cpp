// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <utility>

// The gateway's connection to the internet, and its external address.
namespace pmp {

bool gateway::lacks_address(tenant const& t) {
    auto const& lease = t.machine.held();
    return t.machine.state() == lease_state::held && lease->via == dialect_id::nat_pmp &&
           lease->assigned.address.is_unspecified();
}

/// An announcement ends the wait of what was refused for want of a connection.
void gateway::connected(time_point now) {
    auto const wait =
        shared_.jitter.between(nanoseconds(0), nanoseconds(shared_.settings.recovery_jitter));
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        at->second.machine.connected(now + wait);
        schedule(at);
    }
}

/// All is asked for again, in the words of a gateway that has to prove itself.
void gateway::doubt_all(time_point now) {
    if (now < known_->doubts_from) {
        return;
    }
    known_->doubts_from = now + shared_.settings.recovery_pause;
    auto const wait =
        shared_.jitter.between(nanoseconds(0), nanoseconds(shared_.settings.recovery_jitter));
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        at->second.machine.doubt(now + wait);
        schedule(at);
    }
}

void gateway::no_external_address(time_point now) {
    known_->query.due = now;
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        auto& machine = at->second.machine;
        auto const asks = machine.asking() && !machine.deleting();
        auto const lacks_it = shared_.settings.mappings_first && lacks_address(at->second);
        if (asks || lacks_it) {
            at->second.next = nullptr;
            apply(at, machine.refused(fault::no_external_address, disconnected_pause, now), now);
        }
    }
}

void gateway::external_address(ip_address const& address, time_point now) {
    auto const before = std::exchange(known_->external, address);
    if (before == address) {
        return;
    }
    if (std::exchange(known_->cut_off, false) || before) {
        auto e = news(event_kind::external_address_changed);
        if (before) {
            e.was = endpoint{*before, 0};
        }
        announce(std::move(e), now);
    }
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        auto const& held = at->second.machine.held();
        if (held && held->assigned.address != address) {
            readdress(at, address, before.value_or(ip_address()), now);
        }
    }
}

/// Grants of PCP tell the address themselves: where it is another one, they are asked for it.
void gateway::readdress(
    tenants::iterator at, ip_address const& address, ip_address const& before, time_point now
) {
    auto& machine = at->second.machine;
    auto const is_back = machine.last_assigned().address == address;
    if (machine.held()->via != dialect_id::pcp || is_back) {
        apply(at, machine.external_address(address), now);
    } else if (machine.held()->assigned.address == before) {
        auto const wait =
            shared_.jitter.between(nanoseconds(0), nanoseconds(shared_.settings.recovery_jitter));
        machine.doubt(now + wait);
        schedule(at);
    }
}

/// The gateway is not connected any more: what it holds stands, and leads nowhere. That is told
/// once, and once more when it is over.
void gateway::lose_external_address(time_point now) {
    auto const before = std::exchange(known_->external, {});
    if (!before) {
        return;
    }
    known_->cut_off = true;
    auto e = news(event_kind::external_address_changed);
    e.external_address = ip_address();
    e.was = endpoint{*before, 0};
    announce(std::move(e), now);
    auto is_watched = known_->igd && known_->igd->ready();
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        auto& machine = at->second.machine;
        machine.cut_off();
        // One asks how it goes on, where nothing else does.
        if (!is_watched && machine.state() == lease_state::held) {
            is_watched = true;
            machine.doubt(now + disconnected_pause);
            schedule(at);
        }
    }
}

} // namespace pmp
