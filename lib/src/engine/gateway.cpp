// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <algorithm>

namespace pmp {

namespace {

using std::chrono::seconds;

/// A timer that is this late has slept with the machine.
constexpr seconds overslept{5};

constexpr seconds shortest_closed_pause{10};
constexpr seconds longest_closed_pause{300};

/// NAT-PMP has no words for IPv6.
std::vector<dialect_id> spoken_at(gateway_view const& view) {
    auto spoken = view.protocols;
    if (view.address.is_v6()) {
        std::erase(spoken, dialect_id::nat_pmp);
    }
    return spoken;
}

} // namespace

gateway::acquaintance::acquaintance(gateway_view const& view, surroundings& shared)
    : speech(spoken_at(view)), window(shared.settings.first_window) {
    auto const& allowed = view.protocols;
    auto const at = std::find(allowed.begin(), allowed.end(), dialect_id::igd);
    if (at != allowed.end()) {
        igd.emplace(view, shared.jitter, shared.exchanges);
        igd_first = at == allowed.begin();
    }
}

gateway::gateway(std::string name, surroundings& shared)
    : name_(std::move(name)), shared_(shared) {}

/// What an earlier run let others in for than are wished for now has to go first.
effects gateway::welcome(tenants::iterator at, time_point now) {
    if (auto const handed = take_handed(at, now)) {
        return go_on_with(at, *handed, now);
    }
    auto& machine = at->second.machine;
    auto wish = machine.wish();
    auto const* old = shared_.book.find(*view_, at->first);
    auto const runs = old != nullptr && (old->permanent || old->expires > now);
    auto const lets_in_all = runs && old->allow.empty() && wish.allow_unfiltered;
    if (!runs || lets_in_all || old->allow == wish.allow) {
        return machine.gateway_ready(shared_.book.recall(*view_, wish));
    }
    machine = lease_machine(mapping_of(*old), lease_of(*old));
    return machine.readjust(std::move(wish));
}

std::size_t gateway::renew(std::string_view name, time_point now) {
    std::size_t found = 0;
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        auto const is_meant = name.empty() || at->second.machine.wish().name == name;
        if (is_meant && desired_.count(at->first) != 0) {
            ++found;
            apply(at, at->second.machine.renew(now), now);
        }
    }
    if (known_ && found != 0) {
        // Whoever asks for it may have made room at the gateway.
        known_->full_until = time_point::min();
        if (known_->igd) {
            known_->igd->refresh(now);
        }
        pump(now);
    }
    return found;
}

void gateway::retire(tenants::iterator at, time_point now) {
    auto& t = at->second;
    auto const lease = t.machine.held();
    t.half.reset();
    auto out = t.machine.retire();
    if (!out.gone && lease && !t.leaving) {
        t.leaving = std::pair(lease->protocol, lease->assigned.port);
        leaving_.insert(*t.leaving);
    }
    apply(at, std::move(out), now);
}

void gateway::appear(gateway_view const& view, time_point now) {
    if (view_ == view || amend(view, now)) {
        return;
    }
    auto const found = readdresses_host(view) && known_->found;
    if (view_) {
        leave(readdresses_host(view) ? lost_reason::address : lost_reason::gateway, now);
    }
    view_ = view;
    known_.emplace(view, shared_);
    known_->found = found;
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        apply(at, welcome(at, now), now);
    }
    adopt_left_overs(desired_, now);
    pump(now);
}

void gateway::apply(tenants::iterator at, effects out, time_point now) {
    auto& t = at->second;
    if (t.leaving && (out.gone || t.machine.state() != lease_state::releasing)) {
        leaving_.erase(leaving_.find(*t.leaving));
        t.leaving.reset();
    }
    auto const lost = out.happened && out.happened->kind == event_kind::lost &&
                      out.happened->reason != lost_reason::gateway &&
                      out.happened->reason != lost_reason::address;
    auto const reason = lost ? out.happened->reason : lost_reason::revoked;
    if (out.gone) {
        note_deletion(at, out, now);
    }
    if (out.happened) {
        out.happened->via = t.asked_in.value_or(spoken_id());
        if (out.happened->kind == event_kind::acquired && t.open_to_all) {
            out.happened->error = fault::no_filter;
        } else if (out.happened->kind == event_kind::acquired && misses_suggested(t)) {
            out.happened->error = fault::needs_gateway;
        }
        announce(std::move(*out.happened), now);
    }
    if (out.gone) {
        deadlines_.erase({t.due, at->first});
        if (known_) {
            free_slot(at->first);
            known_->intents.erase(at->first);
        }
        tenants_.erase(at);
        if (tenants_.empty() && known_ && known_->igd) {
            known_->igd->rest(now);
        }
        return;
    }
    schedule(at);
    if (lost || t.machine.state() == lease_state::waiting) {
        drop_companion(at, reason, now);
    }
    if (!t.machine.asking()) {
        return;
    }
    if (ends_directly(at)) {
        apply(at, t.machine.deleted({}), now);
        return;
    }
    expect_direct(now);
    if (auto* s = find_slot(at->first); s != nullptr && out.ask) {
        retransmit(at, now);
    } else {
        enqueue(at, false);
    }
}

void gateway::schedule(tenants::iterator at) {
    auto& t = at->second;
    auto const due = t.machine.due();
    if (due == t.due) {
        return;
    }
    deadlines_.erase({t.due, at->first});
    t.due = due;
    if (due != time_point::max()) {
        deadlines_.insert({due, at->first});
    }
}

void gateway::announce(event e, time_point now) {
    if (former()) {
        // Its mappings are told of where they are now.
        return;
    }
    e.at = now;
    e.gateway = name_;
    if (view_) {
        e.gateway_address = view_->address;
    }
    if (e.lease) {
        e.via = e.lease->via;
    }
    shared_.outbox.emplace_back(std::move(e));
}

dialect_id gateway::spoken_id() const {
    if (auto const* d = spoken()) {
        return d->id();
    }
    auto const asked = view_ ? view_->protocols : std::vector<dialect_id>();
    return asked.empty() ? dialect_id::pcp : asked.front();
}

event gateway::news(event_kind kind) const {
    event e;
    e.kind = kind;
    e.via = spoken_id();
    e.external_address = known_->external;
    return e;
}

void gateway::refuse_all(error_code error, seconds retry_after, time_point now) {
    for (auto at = tenants_.begin(); at != tenants_.end();) {
        auto const here = at++;
        auto& machine = here->second.machine;
        if (!machine.asking() && !machine.awaits_answer()) {
            continue;
        }
        if (stays_direct(here, error)) {
            hold_directly(here, now);
            continue;
        }
        if (stays_without(here, error)) {
            do_without(here, now);
            continue;
        }
        free_slot(here->first);
        here->second.next = nullptr;
        auto out = machine.deleting() ? end_deletion(here, error, now)
                                      : machine.refused(error, retry_after, now);
        apply(here, std::move(out), now);
    }
}

void gateway::unreachable(ip_address const& source, time_point now) {
    if (!known_ || view_->internal != source) {
        return;
    }
    auto& pause = known_->closed_pause;
    pause = std::clamp(pause * 2, shortest_closed_pause, longest_closed_pause);
    known_->query.again = time_point::max();
    known_->probe_at = time_point::max();
    known_->port_closed = true;
    if (known_->igd && !known_->igd->absent()) {
        give_up_datagrams(now);
        pump(now);
        return;
    }
    refuse_all(fault::gateway_unreachable, pause, now);
    pump(now);
}

void gateway::tick(time_point now) {
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
        wake(tenants_.find(deadlines_.begin()->second), now);
    }
    if (known_) {
        tick_slots(now);
        tick_query(now);
        tick_negotiation(now);
        tick_igd(now);
        tick_direct(now);
        tick_deletions(now);
        pump(now);
        tick_silence(now);
    }
}

void gateway::wake(tenants::iterator at, time_point now) {
    auto& machine = at->second.machine;
    auto const late = now - at->second.due > overslept;
    auto const spread = now + shared_.jitter.between(nanoseconds(0), nanoseconds(overslept));
    if (late && machine.state() == lease_state::held && machine.held()->expires > spread) {
        machine.postpone(spread);
        schedule(at);
        return;
    }
    apply(at, machine.timer(shared_.jitter, now), now);
}

void gateway::hurry_releases(time_point now) {
    if (!known_) {
        return;
    }
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        auto const& t = at->second;
        if (t.machine.deleting() && t.machine.asking() && t.machine.sends() == 0) {
            auto const* spoken = known_->speech.spoken();
            auto const& d = spoken != nullptr && !carried_by_igd(t) ? *spoken : dialect_for(t);
            if (!lacks(at, d)) {
                transmit(at, d, now);
            }
        }
    }
    if (known_->igd) {
        known_->igd->hurry_deletions();
        heed(now);
    }
}

time_point gateway::wake_at() const {
    auto at = deadlines_.empty() ? time_point::max() : deadlines_.begin()->first;
    if (!known_) {
        return at;
    }
    at =
        std::min({at, known_->query.again, known_->probe_at, known_->decide_at, known_->direct_at});
    for (auto const& s : known_->slots) {
        at = std::min(at, s.gives_way);
    }
    for (auto const& [key, u] : known_->undeleted) {
        at = std::min(at, u.again);
    }
    if (known_->igd) {
        at = std::min({at, known_->igd->wake_at(), known_->igd_at, known_->verify_at});
    }
    return std::min(at, known_->silent_at(shared_.settings.silence));
}

std::vector<standing> gateway::leaving() const {
    std::vector<standing> out;
    if (former()) {
        return out;
    }
    auto wish = desired_.begin();
    for (auto const& [key, t] : tenants_) {
        while (wish != desired_.end() && wish->first < key) {
            ++wish;
        }
        if (wish == desired_.end() || key < wish->first) {
            out.push_back(t.machine.stands());
        }
    }
    tell_undeleted(out);
    return out;
}

std::optional<gateway_standing> gateway::stands() const {
    if (!view_ || former()) {
        return {};
    }
    gateway_standing out;
    out.view = *view_;
    if (auto const* d = spoken()) {
        out.via = d->id();
        auto const& epoch = d->id() == dialect_id::pcp ? known_->pcp_epoch : known_->nat_pmp_epoch;
        out.epoch = epoch.last().value_or(0);
    }
    out.external_address = known_->external;
    if (auto const portrait = known_->igd ? known_->igd->portrait() : std::nullopt) {
        out.upnp_service = portrait->service;
        out.model = portrait->model;
        out.description_url = portrait->description_url;
    }
    out.upnp_error = known_->igd ? known_->igd->trouble() : error_code();
    return out;
}

} // namespace pmp
