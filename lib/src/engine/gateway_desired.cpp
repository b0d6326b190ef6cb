// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <set>
#include <utility>

namespace pmp {

namespace {

event of_lease(event_kind kind, lease_machine const& machine) {
    event e;
    e.kind = kind;
    e.mapping = machine.wish().name;
    e.lease = machine.held();
    return e;
}

} // namespace

void gateway::desire(mappings_by_key desired, time_point now) {
    mappings_by_key actual;
    for (auto const& [key, t] : tenants_) {
        // A mapping on its way out is wished for again like any other.
        if (t.machine.state() != lease_state::releasing || desired_.count(key) != 0) {
            actual.emplace_hint(actual.end(), key, t.machine.wish());
        }
    }
    auto const todo = reconcile(desired, actual);
    desired_ = std::move(desired);
    for (auto const& key : todo.retire) {
        retire(tenants_.find(key), now);
    }
    // Whoever follows names sees one end and another begin, and each end before any beginning.
    std::set<lease_key> renamed;
    for (auto const& wish : todo.readjust) {
        auto const& machine = tenants_.find(key_of(wish))->second.machine;
        if (machine.held() && machine.wish().name != wish.name) {
            renamed.insert(key_of(wish));
            announce(of_lease(event_kind::released, machine), now);
        }
    }
    for (auto const& wish : todo.readjust) {
        auto const at = tenants_.find(key_of(wish));
        at->second.unfiltered = false;
        apply(at, at->second.machine.readjust(wish), now);
        if (renamed.count(at->first) != 0 && at->second.machine.state() != lease_state::releasing) {
            announce(of_lease(event_kind::acquired, at->second.machine), now);
        }
        if (auto const half = wish.paired ? std::nullopt : std::exchange(at->second.half, {})) {
            apply(at, take_half(at, *half, now), now);
        }
    }
    for (auto const& wish : todo.create) {
        auto const [at, fresh] = tenants_.try_emplace(key_of(wish), lease_machine(wish));
        if (!fresh) {
            apply(at, at->second.machine.readjust(wish), now);
        } else if (view_) {
            apply(at, welcome(at, now), now);
        }
    }
    if (view_) {
        adopt_left_overs(desired_, now);
        pump(now);
    }
}

} // namespace pmp
