// SPDX-License-Identifier: MIT
#include "engine/lease_errands.hpp"

#include "dialect/dialect.hpp"
#include "engine/origin.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace pmp {

namespace {

/// Longer than any deadline: the engine must not take what is to be deleted for expired.
constexpr std::chrono::hours still_running{24};

bool is_held(standing const& row) {
    return row.lease && (row.state == lease_state::held || row.state == lease_state::renewing) &&
           !row.lease->assigned.address.is_unspecified();
}

/// An errand is done by datagrams alone.
gateway_view without_igd(gateway_view gateway) {
    std::erase(gateway.protocols, dialect_id::igd);
    return gateway;
}

} // namespace

void lease_errand::start(engine_settings const& settings, memory known, std::uint64_t seed) {
    engine_.emplace(settings, std::move(known), seed);
}

void lease_errand::datagram(inbound_datagram const& in, time_point now) {
    if (is_from(gateway_, in) && !in.destination.address.is_multicast()) {
        note_denial(in.bytes);
    }
    engine_->datagram(in, now);
}

/// RFC 6887 9: a gateway of a version of PCP that is not known here denies PCP and NAT-PMP in the
/// same words; the answers to each are told apart by their bytes alone.
void lease_errand::note_denial(std::span<std::byte const> datagram) {
    error_code error;
    for (auto const id : gateway_.protocols) {
        auto const* const d = find_dialect(id);
        auto const said = d != nullptr ? d->hear(datagram) : pmp::heard(not_heard{});
        auto const* const denied = std::get_if<not_spoken>(&said);
        if (denied == nullptr) {
            return;
        }
        error = denied->error;
    }
    std::vector const bytes(datagram.begin(), datagram.end());
    if (std::find(denials_.begin(), denials_.end(), bytes) == denials_.end()) {
        denials_.push_back(bytes);
    }
    if (denials_.size() >= gateway_.protocols.size()) {
        end(error);
    }
}

void lease_errand::unreachable(time_point now) {
    engine_->unreachable(gateway_.name, now);
}

void lease_errand::tick(time_point now) {
    engine_->tick(now);
}

std::optional<outbound_datagram> lease_errand::poll() {
    while (auto intent = engine_->poll()) {
        if (auto* const datagram = std::get_if<outbound_datagram>(&*intent)) {
            return std::move(*datagram);
        }
        if (auto const* happened = std::get_if<event>(&*intent)) {
            heard(*happened);
        }
    }
    look();
    return {};
}

time_point lease_errand::wake_at() const {
    return engine_->wake_at();
}

map_errand::map_errand(
    engine_settings const& settings, mapping wish, memory known, std::uint64_t seed
)
    : wish_(std::move(wish)), was_mapped_(!known.leases.empty()) {
    start(settings, std::move(known), seed);
}

void map_errand::begin(gateway_view const& gateway, time_point now) {
    gateway_ = without_igd(gateway);
    engine_->desire({wish_}, now);
    engine_->network({{gateway_}}, now);
}

/// What was mapped before has others who want it.
void map_errand::call_off(time_point now) {
    if (!was_mapped_) {
        release(now);
    }
}

void map_errand::release(time_point now) {
    engine_->desire({}, now);
    engine_->hurry_releases(now);
}

void map_errand::heard(event const& what) {
    auto const refused = what.kind == event_kind::refused || what.kind == event_kind::lost;
    if (!refused || outcome()) {
        return;
    }
    end(what.error ? what.error : error_code(fault::gateway_silent));
    if (what.error == fault::no_external_address) {
        // Granted all the same, and of no use.
        release(what.at);
    }
}

void map_errand::look() {
    if (outcome()) {
        return;
    }
    for (auto& row : engine_->standings()) {
        if (is_held(row)) {
            granted_ = std::move(row.lease);
            end({});
        }
    }
}

unmap_errand::unmap_errand(
    engine_settings const& settings, mapping wish, memory known, std::uint64_t seed
)
    : settings_(settings), wish_(std::move(wish)), known_(std::move(known)), seed_(seed) {}

void unmap_errand::begin(gateway_view const& gateway, time_point now) {
    gateway_ = without_igd(gateway);
    lease_.mapping = wish_.name;
    lease_.gateway = gateway.name;
    lease_.gateway_address = gateway.address;
    lease_.internal_address = gateway.internal;
    lease_.protocol = wish_.protocol;
    lease_.internal_port = wish_.internal.port;
    lease_.host = wish_.internal.address;
    if (!gateway_.protocols.empty()) {
        lease_.via = gateway_.protocols.front();
    }
    lease_.expires = now + still_running;
    start(settings_, memory{known_.secret, {lease_}}, seed_);
    // A lease that runs and that nobody wants is released.
    engine_->desire({}, now);
    engine_->network({{gateway_}}, now);
}

void unmap_errand::heard(event const& what) {
    if (what.kind == event_kind::released) {
        end(what.error);
    }
}

} // namespace pmp
