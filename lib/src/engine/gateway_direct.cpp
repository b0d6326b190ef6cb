// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

// A host with a public address of its own, before which nothing answers, needs no gateway.
namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
/// How long a gateway has to answer before this host is taken to do without.
constexpr seconds direct_delay{5};
constexpr seconds direct_again{1};

bool is_direct(lease_machine const& machine) {
    return machine.held() && machine.held()->via == dialect_id::direct;
}

/// Nobody has answered to any purpose, as opposed to: somebody has said no.
bool is_want_of_gateway(error_code error) {
    return error == reaction::gateway_unusable;
}

} // namespace

/// Nothing has ever answered here, and the internet reaches this host without help.
bool gateway::may_be_direct() const {
    auto const& k = *known_;
    auto const& internal = view_->internal;
    return internal.is_v4() && is_public(internal) && k.speech.spoken() == nullptr &&
           !(k.igd && k.igd->ready());
}

/// It has been asked: whatever becomes of that is looked at soon.
void gateway::expect_direct(time_point now) {
    if (known_ && known_->direct_at == never && may_be_direct()) {
        known_->direct_at = now + direct_delay;
    }
}

/// The port of this host is the one that the internet sees.
bool gateway::can_be_direct(tenants::iterator at) const {
    auto const& [key, t] = *at;
    auto const& wish = t.machine.wish();
    auto const other = wish.exact && wish.suggested.port != 0;
    return internal_of(key).address == view_->internal && key.internal.port != 0 &&
           (!other || wish.suggested.port == key.internal.port) &&
           (wish.allow.empty() || wish.allow_unfiltered) && !t.machine.deleting();
}

grant gateway::direct_grant(tenants::iterator at) const {
    auto const own = internal_of(at->first);
    return {
        dialect_id::direct,
        {view_->address, gateway_port},
        own,
        own,
        at->second.machine.wish().lifetime};
}

/// The lease of one that needs no gateway is renewed by nobody having answered.
bool gateway::stays_direct(tenants::iterator at, error_code error) const {
    return is_direct(at->second.machine) && is_want_of_gateway(error) && may_be_direct() &&
           can_be_direct(at);
}

/// It was not exact.
bool gateway::misses_suggested(tenant const& t) {
    auto const& lease = t.machine.held();
    auto const wished = t.machine.wish().suggested.port;
    return lease && lease->via == dialect_id::direct && wished != 0 &&
           wished != lease->assigned.port;
}

void gateway::hold_directly(tenants::iterator at, time_point now) {
    auto& t = at->second;
    free_slot(at->first);
    t.next = nullptr;
    t.half.reset();
    t.open_to_all = !t.machine.wish().allow.empty();
    apply(at, t.machine.granted(direct_grant(at), shared_.jitter, now), now);
}

/// What only a gateway can do is told to be in want of one.
void gateway::do_without(tenants::iterator at, time_point now) {
    free_slot(at->first);
    at->second.next = nullptr;
    apply(at, at->second.machine.wanting(fault::needs_gateway, gatewayless_pause, now), now);
}

/// That is not told anew each time nobody answers.
bool gateway::stays_without(tenants::iterator at, error_code error) const {
    return at->second.machine.stands().error == fault::needs_gateway && is_want_of_gateway(error) &&
           may_be_direct() && !at->second.machine.deleting();
}

void gateway::tick_direct(time_point now) {
    if (known_->direct_at > now) {
        return;
    }
    known_->direct_at = never;
    if (!may_be_direct()) {
        return;
    }
    auto const searching = known_->igd && !known_->igd->absent();
    auto const unheard = known_->port_closed || known_->quiet(now) || !known_->speech.possible();
    bool waiting = false;
    for (auto at = tenants_.begin(); at != tenants_.end();) {
        auto const here = at++;
        auto const& machine = here->second.machine;
        auto const lacks =
            machine.asking() || machine.awaits_answer() ||
            (machine.state() == lease_state::waiting && is_want_of_gateway(machine.stands().error));
        if (!lacks || machine.deleting()) {
            continue;
        }
        if (searching || !unheard) {
            waiting = true;
            continue;
        }
        if (can_be_direct(here)) {
            announce_direct(now);
            hold_directly(here, now);
        } else {
            do_without(here, now);
        }
    }
    if (waiting) {
        known_->direct_at = now + direct_again;
    }
}

/// The external address is this host's own from now on.
void gateway::announce_direct(time_point now) {
    auto const& own = view_->internal;
    known_->external = own;
    // Nobody misses it.
    known_->reported_silent = true;
    auto const before = std::exchange(direct_from_, own);
    if (before && before != own) {
        auto e = news(event_kind::external_address_changed);
        e.was = endpoint{*before, 0};
        announce(std::move(e), now);
    }
}

/// A gateway has appeared after all: what was held without one is asked of it.
void gateway::leave_direct(time_point now) {
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        if (is_direct(at->second.machine)) {
            at->second.machine.doubt(now);
            schedule(at);
        }
    }
}

/// Ends at once: no gateway has to be told.
bool gateway::ends_directly(tenants::iterator at) {
    auto const& machine = at->second.machine;
    return machine.deleting() && is_direct(machine);
}

} // namespace pmp
