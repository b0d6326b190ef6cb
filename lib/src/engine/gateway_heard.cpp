// SPDX-License-Identifier: MIT
#include "dialect/igd_dialect.hpp"
#include "engine/gateway.hpp"
#include "engine/origin.hpp"

#include <algorithm>

namespace pmp {

namespace {

using std::chrono::seconds;

/// A gateway that does not filter will hardly learn it soon.
constexpr seconds unfiltered_pause{1800};
/// How long the external address is trusted, in dialects that have to ask for it.
constexpr seconds address_trust{60};

} // namespace

std::optional<ignore_reason> gateway::hear(inbound_datagram const& in, time_point now) {
    if (!view_ || !is_from(*view_, in)) {
        return ignore_reason::stranger;
    }
    auto const multicast = in.destination.address.is_multicast();
    for (auto const* d : {known_->speech.best(), known_->speech.fallback()}) {
        if (d == nullptr) {
            continue;
        }
        auto const said = d->hear(in.bytes);
        if (std::holds_alternative<not_heard>(said)) {
            continue;
        }
        if (multicast && !std::holds_alternative<gateway_news>(said)) {
            return ignore_reason::malformed;
        }
        auto const ignored =
            std::visit([&](auto const& s) { return understand(*d, s, now); }, said);
        pump(now);
        return ignored;
    }
    if (multicast && announces_otherwise(in.bytes, now)) {
        return {};
    }
    return ignore_reason::malformed;
}

/// An announcement in a dialect that may not be used here says something has happened to the
/// gateway, and its epoch nothing: it is asked for the one that counts. Debian's miniupnpd
/// announces its start by PCP alone.
bool gateway::announces_otherwise(std::span<std::byte const> datagram, time_point now) {
    for (auto const id : {dialect_id::pcp, dialect_id::nat_pmp}) {
        if (std::holds_alternative<gateway_news>(find_dialect(id)->hear(datagram))) {
            if (!known_->speech.possible()) {
                if (known_->igd) {
                    known_->igd->look_again(now);
                    heed(now);
                }
                return true;
            }
            auto const& d = known_->speech.opening();
            if (d.asks_for_address() && has_room(d)) {
                query_address(d, now);
            }
            return true;
        }
    }
    return false;
}

std::optional<ignore_reason>
gateway::understand(dialect const& /*d*/, not_heard const& /*said*/, time_point /*now*/) {
    return ignore_reason::malformed;
}

/// Anything from the gateway that belongs to us: proof of life, and of its memory. `spread`: over
/// how long to spread what it was asked in vain.
void gateway::heard_from(
    dialect const& d, std::uint32_t epoch, time_point now, nanoseconds spread
) {
    if (known_->quiet(now) || known_->closed_pause > seconds(0)) {
        ask_everything_anew(now + shared_.jitter.between(nanoseconds(0), spread));
    }
    known_->unanswered = 0;
    known_->denials = 0;
    known_->closed_pause = seconds(0);
    known_->port_closed = false;
    auto& speech = known_->speech;
    if (speech.answered(d)) {
        known_->probe_at = time_point::max();
        known_->decide_at = time_point::max();
    } else if (speech.spoken() == nullptr && known_->decide_at == time_point::max() && known_->probe_at == time_point::max()) {
        // It lives and has not reacted to the best dialect: that may have been lost, so it is sent
        // once more before the gateway is taken to be deaf to it, unless both have just been sent.
        known_->decide_at = now + trial_delay;
        if (shared_.settings.fallback_delay > milliseconds(0)) {
            resend_slots(*speech.best(), now);
        }
    }
    auto& watch = d.id() == dialect_id::pcp ? known_->pcp_epoch : known_->nat_pmp_epoch;
    if (!watch.plausible(epoch, now)) {
        lose_state(now);
    }
}

void gateway::ask_everything_anew(time_point at) {
    known_->slots.clear();
    for (auto t = tenants_.begin(); t != tenants_.end(); ++t) {
        t->second.machine.revived(at);
        schedule(t);
    }
}

void gateway::greet(time_point now) {
    if (spoken() != nullptr && (!known_->found || known_->reported_silent)) {
        known_->found = true;
        leave_direct(now);
        known_->reported_silent = false;
        announce(news(event_kind::gateway_found), now);
    }
}

void gateway::lose_state(time_point now) {
    if (known_->recovery_at > now) {
        return;
    }
    // RFC 6887 14.1.3, RFC 6886 3.7: so that not all clients ask at once.
    auto const wait =
        shared_.jitter.between(nanoseconds(0), nanoseconds(shared_.settings.recovery_jitter));
    auto const rested = known_->recovery_at == time_point::min()
                            ? now
                            : known_->recovery_at + shared_.settings.recovery_pause;
    known_->recovery_at = std::max(now + wait, rested);
    known_->speech.reconsider();
    known_->slots.clear();
    known_->window = shared_.settings.first_window;
    known_->full_until = time_point::min();
    known_->query = {};
    announce(news(event_kind::gateway_rebooted), now);
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        at->second.next = nullptr;
        at->second.half.reset();
        at->second.machine.state_lost(known_->recovery_at, now);
        schedule(at);
    }
}

std::optional<ignore_reason>
gateway::understand(dialect const& d, lease_answer const& answer, time_point now) {
    auto const at = addressee(d, answer);
    if (at == tenants_.end()) {
        return ignore_reason::unasked;
    }
    // The measure of the gateway's pace, before anything else changes the slots.
    if (auto const* s = find_slot(at->first); s != nullptr && !s->resent) {
        shared_.counts.round_trips.add(now - s->sent);
        auto& mean = known_->round_trip;
        mean = mean == nanoseconds(0) ? now - s->sent : (mean * 7 + (now - s->sent)) / 8;
    }
    known_->proven = known_->proven || answer.nonce;
    heard_from(d, answer.epoch, now, nanoseconds(0));
    if (auto const* s = find_slot(at->first); s != nullptr && s->via == &the_igd_dialect()) {
        // It lives in one dialect at a time; this one was given up, and answers late.
        return {};
    }
    settle(at, d, answer, now);
    return {};
}

gateway::tenants::iterator gateway::addressee(dialect const& d, lease_answer const& answer) {
    lease_key key{answer.protocol, {boost::asio::ip::address_v4(), 0}};
    if (answer.internal_port) {
        key.internal.port = *answer.internal_port;
    } else {
        // It can only be about the one request that is outstanding.
        auto const& slots = known_->slots;
        auto const s = std::find_if(slots.begin(), slots.end(), [&](slot const& candidate) {
            return candidate.via == &d && candidate.key.protocol == answer.protocol;
        });
        key = s != slots.end() ? s->key : key;
    }
    key.left = answer.left;
    auto at = find_tenant(key, answer.third_party);
    if (at == tenants_.end() && d.asks_for_address() && key.internal.port == answer.assigned.port) {
        // Where the gateway chose the internal port: it may tell that, or 0.
        key.internal.port = 0;
        at = find_tenant(key, {});
    }
    if (at == tenants_.end() || !at->second.machine.maybe_there()) {
        return tenants_.end();
    }
    auto const ours = answer.nonce ? *answer.nonce == shared_.book.nonce(view_->address, at->first)
                                   : is_asked_in(d, at->second);
    return ours ? at : tenants_.end();
}

/// Anybody can send what has no nonce: it counts where it may have been asked for.
bool gateway::is_asked_in(dialect const& d, tenant const& t) {
    auto const& lease = t.machine.held();
    return t.asked_in == d.id() || (lease && lease->via == d.id());
}

void gateway::settle(tenants::iterator at, dialect const& d, lease_answer answer, time_point now) {
    auto& t = at->second;
    auto const& settings = shared_.settings;
    // Routers that do not tell their address by UPnP map ports all the same.
    auto const untold = d.id() == dialect_id::igd && answer.assigned.address.is_unspecified();
    if (d.asks_for_address() || untold) {
        answer.assigned.address = known_->external.value_or(ip_address());
    } else if (answer.lifetime > seconds(0) && answer.assigned.address.is_unspecified()) {
        answer.error = fault::no_external_address;
    }
    // A success that grants no time: asked for again at once, it would be granted like that for
    // ever. With port 0 it is the late answer to a deletion.
    auto const empty = answer.lifetime == seconds(0) && answer.assigned.port != 0;
    if (!answer.error && empty && !t.machine.deleting()) {
        answer.error = fault::bad_value;
    }
    if (answer.error && t.passed_on && known_->igd && known_->igd->absent()) {
        answer.error = t.passed_on;
    }
    t.passed_on = {};
    ++shared_.counts.answers[{name_, d.id(), answer.error ? answer.error : error_code()}];
    auto const was = t.machine.held();
    t.next = nullptr;
    free_slot(at->first);
    known_->window = std::min(known_->window + 1, settings.widest_window);
    // Behind an IPv6 firewall each host has an external address of its own.
    auto const is_shared = view_->address.is_v4();
    if (!known_->external && !answer.error && !answer.assigned.address.is_unspecified() &&
        is_shared) {
        external_address(answer.assigned.address, now);
    }
    if (was && is_cut_off(answer.error)) {
        lose_external_address(now);
    }
    greet(now);
    if (asks_for_less(at, d, answer, now)) {
        return;
    }

    auto const* better = changes_over(t) ? find_dialect(d.id()) : nullptr;
    auto const refuses =
        better != nullptr && (answer.error || answer.assigned.port != was->assigned.port);
    auto out = refuses ? keep_dialect(at, *better, answer) : judge(at, d, answer, now);
    auto const& held = t.machine.held();
    if (t.machine.state() == lease_state::held) {
        remember(t);
    }
    auto const external = held ? held->assigned.address : ip_address();
    auto const moved =
        is_shared && was && !external.is_unspecified() && external != was->assigned.address;
    apply(at, std::move(out), now);
    if (moved) {
        external_address(external, now);
    }
}

effects
gateway::judge(tenants::iterator at, dialect const& d, lease_answer const& answer, time_point now) {
    auto& machine = at->second.machine;
    if (machine.deleting()) {
        // What has not been sent is not answered: this is about an earlier deletion, after which
        // the mapping was made again.
        if (machine.sends() == 0 || (!answer.error && !answer.deleted)) {
            return {};
        }
        auto out = end_deletion(at, answer.deleted ? error_code() : answer.error, now);
        if (answer.deleted || !stays(at->first, now)) {
            shared_.book.forget(*view_, at->first);
        }
        return out;
    }
    if (lets_in_too_many(at, answer)) {
        return machine.turn_down(fault::no_filter, unfiltered_pause, now);
    }
    if (!answer.error) {
        take_up(at, answer.assigned.port, now);
        note_filter(at->second, answer);
        return take(
            at,
            {answer.needless ? dialect_id::direct : d.id(),
             {view_->address, gateway_port},
             endpoint_for(at->first, answer),
             answer.assigned,
             answer.lifetime,
             answer.epoch,
             answer.permanent,
             answer.presumed,
             answer.verified},
            now
        );
    }
    if (stays_direct(at, answer.error)) {
        return machine.granted(direct_grant(at), shared_.jitter, now);
    }
    if (stays_without(at, answer.error)) {
        return machine.wanting(fault::needs_gateway, gatewayless_pause, now);
    }
    auto const gone = answer.gone || answer.error == fault::entry_disabled;
    if (gone) {
        machine.state_lost(now, now);
    }
    auto const hold = answer.gone ? renewal_spacing : hold_off(machine, d, answer, now);
    if (answer.error == pcp_result::no_resources || answer.error == pcp_result::user_ex_quota ||
        answer.error == upnp_result::no_port_maps_available ||
        answer.error == upnp_firewall_result::pinhole_space_exhausted) {
        // RFC 6887 11.4: what is true for this mapping is true for any new one.
        known_->full_until = now + hold;
        known_->full_error = answer.error;
    }
    return machine.refused(answer.error, hold, now);
}

std::optional<ignore_reason>
gateway::understand(dialect const& d, gateway_news const& said, time_point now) {
    heard_from(d, said.epoch, now, shared_.settings.recovery_jitter);
    auto const answered = known_->query.awaits_answer(now) && d.asks_for_address();
    if (answered) {
        known_->query = {};
        known_->query.due = now + address_trust;
    }
    auto const disconnected = said.error == nat_pmp_result::network_failure ||
                              (said.external && said.external->is_unspecified());
    if (known_->proven && d.asks_for_address() && !answered) {
        if (disconnected || (said.external && said.external != known_->external)) {
            doubt_all(now);
        }
        if (!disconnected) {
            connected(now);
        }
        return {};
    }
    if (said.external && !disconnected) {
        external_address(*said.external, now);
    }
    greet(now);
    if (disconnected) {
        lose_external_address(now);
    }
    if (disconnected && answered) {
        no_external_address(now);
    } else if (!disconnected && !answered) {
        connected(now);
    }
    return {};
}

std::optional<ignore_reason>
gateway::understand(dialect const& d, not_spoken const& said, time_point now) {
    auto& speech = known_->speech;
    auto const& slots = known_->slots;
    auto const queried = known_->query.under_way() && d.asks_for_address();
    auto const asked = queried || std::any_of(slots.begin(), slots.end(), [&](slot const& s) {
                           return s.via == &d;
                       });
    auto const probed = &d == speech.fallback() && speech.spoken() == nullptr;
    if (!asked && !probed) {
        return hear_denial_of_both(d, said, now);
    }
    auto const insists = std::any_of(slots.begin(), slots.end(), [&](slot const& s) {
        return s.via == &d && s.resent;
    });
    if (known_->proven && &d == speech.best() && !insists) {
        return ignore_reason::unasked;
    }
    known_->proven = false;
    known_->unanswered = 0;
    known_->closed_pause = seconds(0);
    speech.denied(d);
    known_->probe_at = time_point::max();
    known_->decide_at = time_point::max();
    if (speech.fallback() == nullptr) {
        refuse_all(said.error, d.hold_off(said.error, said.retry_after), now);
        return {};
    }
    auto const& other = &d == speech.best() ? *speech.fallback() : *speech.best();
    if (queried) {
        known_->query = {};
        switch_queue(other);
    } else if (asked) {
        switch_slots(d, other);
    } else {
        resend_slots(other, now);
    }
    return {};
}

} // namespace pmp
