// SPDX-License-Identifier: MIT
#include "support/gateway_simulator.hpp"

#include <algorithm>

// What becomes of a simulated gateway over time: reboots, other addresses, lost mappings.
namespace pmp::test {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::int64_t full_speed = 100;

} // namespace

void gateway_simulator::tick(time_point now) {
    now_ = now;
    for (auto const& expired : state_.table.expire(now)) {
        ++statistics_.expired;
        if (on_expiry_) {
            on_expiry_(expired);
        }
    }
    if (booting_ && *booting_ <= now) {
        boot(now);
    }
    if (forgets_at_ && *forgets_at_ <= now) {
        forget();
        forgets_at_ = now + seconds{state_.vices.value(vice::forgets_mappings).number};
    }
    if (reboots_at_ && reboots_at_->first <= now) {
        auto const kind = reboots_at_->second;
        auto const id =
            kind == reboot_kind::keeps ? vice::reboots_and_keeps : vice::reboots_and_forgets;
        reboots_at_->first = now + seconds{state_.vices.value(id).number};
        reboot(kind, now);
    }
}

time_point gateway_simulator::wake_at() const {
    auto next = std::min(state_.table.next_expiry(), next_notify_at(state_, now_));
    if (!outbox_.empty()) {
        next = std::min(next, outbox_.begin()->first);
    }
    if (booting_) {
        next = std::min(next, *booting_);
    }
    if (forgets_at_) {
        next = std::min(next, *forgets_at_);
    }
    return reboots_at_ ? std::min(next, reboots_at_->first) : next;
}

void gateway_simulator::reboot(reboot_kind kind, time_point now, nanoseconds down) {
    outbox_.clear();
    if (kind == reboot_kind::forgets) {
        forget();
    }
    booting_ = now + down;
    if (down.count() == 0) {
        boot(now);
    }
}

void gateway_simulator::boot(time_point now) {
    booting_.reset();
    ++statistics_.reboots;
    // miniupnpd with system_uptime=yes, which is Debian's default: restarted, it has lost its
    // mappings, and its epoch runs on.
    if (!state_.vices.has(vice::epoch_is_host_uptime)) {
        state_.pcp_epoch.reset(now);
        state_.nat_pmp_epoch.reset(now);
        state_.igd.uptime.reset(now);
    }
    ++state_.igd.boot_id;
    state_.igd.subscribers.clear();
    if (state_.vices.has(vice::http_new_port)) {
        ++state_.igd.port;
    }
    announce(now);
}

void gateway_simulator::set_external_address(ip_address const& address, time_point now) {
    tick(now);
    auto const changed = state_.options.external != address;
    state_.options.external = address;
    if (!changed) {
        return;
    }
    // miniupnpd starts its epoch again at each change of the address, though no mapping is lost.
    if (state_.vices.has(vice::new_address_resets_epoch)) {
        state_.pcp_epoch.reset(now);
        state_.nat_pmp_epoch.reset(now);
    }
    for (auto mapping : state_.table.all()) {
        if (mapping.external.address.is_v4() && !address.is_unspecified()) {
            mapping.external.address = address;
            state_.table.put(std::move(mapping));
        }
    }
    announce(now);
    if (!address.is_unspecified()) {
        send_mapping_updates(now);
    }
}

void gateway_simulator::set_protocols(std::vector<dialect_id> protocols) {
    state_.options.protocols = std::move(protocols);
}

void gateway_simulator::forget() {
    state_.table.clear();
    state_.igd.pinholes.clear();
    state_.igd.next_pinhole = 1;
}

void gateway_simulator::set(chosen_vice const& chosen, time_point now) {
    tick(now);
    state_.vices.set(chosen);
    auto const every = seconds{chosen.value.number};
    switch (chosen.id) {
    case vice::reboots_and_forgets:
    case vice::reboots_and_keeps: {
        auto const kind =
            chosen.id == vice::reboots_and_keeps ? reboot_kind::keeps : reboot_kind::forgets;
        reboot(kind, now);
        reboots_at_.reset();
        if (every.count() == 0) {
            state_.vices.clear(chosen.id);
        } else {
            reboots_at_ = std::pair(now + every, kind);
        }
        break;
    }
    case vice::forgets_mappings:
        forget();
        forgets_at_.reset();
        if (every.count() == 0) {
            state_.vices.clear(chosen.id);
        } else {
            forgets_at_ = now + every;
        }
        break;
    case vice::gena_forgets: state_.igd.subscribers.clear(); break;
    default: set_epoch_rate(now);
    }
}

void gateway_simulator::clear(vice id, time_point now) {
    tick(now);
    state_.vices.clear(id);
    if (id == vice::reboots_and_forgets || id == vice::reboots_and_keeps) {
        reboots_at_.reset();
    }
    if (id == vice::forgets_mappings) {
        forgets_at_.reset();
    }
    // Its absence is the other one's presence.
    if (id == vice::refuses_other_nonce) {
        state_.vices.set({vice::accepts_other_nonce, {}});
    }
    set_epoch_rate(now);
}

void gateway_simulator::set_epoch_rate(time_point now) {
    auto percent = full_speed + state_.vices.value(vice::epoch_drifts).number;
    // A server whose clock is wrong, or that caches one: false alarms at each check.
    if (state_.vices.has(vice::epoch_stands_still)) {
        percent = 0;
    }
    state_.pcp_epoch.run_at(percent, now);
    state_.nat_pmp_epoch.run_at(percent, now);
}

} // namespace pmp::test
