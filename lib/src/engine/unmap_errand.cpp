// SPDX-License-Identifier: MIT
#include "engine/entry_check.hpp"
#include "engine/lease_errands.hpp"

#include <utility>

namespace pmp {

namespace {

/// Longer than any deadline: the engine must not take what is to be deleted for expired.
constexpr std::chrono::hours still_running{24};

} // namespace

unmap_errand::unmap_errand(
    engine_settings const& settings, mapping wish, memory known, std::uint64_t seed
)
    : settings_(settings), wish_(std::move(wish)), known_(std::move(known)), seed_(seed) {}

void unmap_errand::begin(gateway_view const& gateway, time_point now) {
    gateway_ = gateway;
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
    // UPnP deletes by the external port: where that is not remembered, it may be the same.
    auto const& suggested = wish_.suggested.port;
    lease_.assigned.port = suggested != 0 ? suggested : wish_.internal.port;
    lease_.description = wish_.description;
    lease_.allow = wish_.allow;
    for (auto const& known : known_.leases) {
        lease_.assigned = known.assigned;
        lease_.description = known.description;
        lease_.allow = known.allow;
    }
    lease_.expires = now + still_running;
    start(settings_, memory{known_.secret, {lease_}}, seed_);
    // A lease that runs and that nobody wants is released.
    engine_->desire({}, now);
    engine_->network({{gateway_}}, now);
}

void unmap_errand::deleting(fetch const& what) {
    deletion_ = what;
}

/// What was granted is looked at by the engine itself, where that can be.
void unmap_errand::asking(fetch const& what) {
    is_deleted_ = deletion_ && looks_at_entry(what);
    deletion_.reset();
}

/// Whatever is wrong with the answer: the deletion itself was confirmed.
void unmap_errand::answered(fetch_result const& result) {
    auto const& inside = lease_.host.is_unspecified() ? lease_.internal_address : lease_.host;
    bool const is_there = shows_entry(result, {inside, lease_.internal_port});
    end(is_there ? error_code(fault::still_in_table) : error_code());
}

void unmap_errand::call_off(time_point /*now*/) {
    is_deleted_ ? end({}) : tell_failure();
}

void unmap_errand::heard(event const& what) {
    bool const confirms = what.kind == event_kind::released && !what.error;
    if (auto question = confirms && deletion_ ? entry_question(*deletion_) : std::nullopt) {
        is_deleted_ = true;
        ask(*std::move(question));
    } else if (what.kind == event_kind::released) {
        end(what.error == reaction::gateway_unusable ? telling(what.error) : what.error);
    }
}

} // namespace pmp
