// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <algorithm>
#include <utility>

// What a gateway that is no longer in view leaves behind, or one that is spoken to otherwise.
namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
/// So many datagrams without an answer, and a gateway may be called silent.
constexpr unsigned unanswered_until_silent = 3;
/// So long after the first of them.
constexpr seconds unusual_quiet{5};

bool is_same_place(gateway_view a, gateway_view const& b) {
    a.protocols = b.protocols;
    a.description_url = b.description_url;
    return a == b;
}

bool allows(gateway_view const& view, dialect_id via) {
    auto const& all = view.protocols;
    return via == dialect_id::direct || std::find(all.begin(), all.end(), via) != all.end();
}

} // namespace

void gateway::vanish(time_point now) {
    if (view_) {
        leave(lost_reason::gateway, now);
    }
}

/// The same gateway, seen from another address of this host: prefixes change, and temporary
/// addresses take turns (RFC 8981). Of IPv4 nobody knows: a gateway of that address stands in many
/// networks.
bool gateway::readdresses_host(gateway_view const& view) const {
    return view_ && view.address.is_v6() && view.address == view_->address &&
           view.interface_index == view_->interface_index && view.internal != view_->internal;
}

void gateway::leave(lost_reason why, time_point now) {
    queue_.clear();
    for (auto at = tenants_.begin(); at != tenants_.end();) {
        auto const here = at++;
        note_under_way(here, now);
        here->second.queued = false;
        here->second.next = nullptr;
        here->second.half.reset();
        auto out = here->second.machine.gateway_gone();
        if (out.happened) {
            out.happened->reason = why;
        }
        apply(here, std::move(out), now);
    }
    // One of which nothing is wanted is not missed: it is another's turn.
    if (known_->found && !desired_.empty() && why == lost_reason::gateway) {
        announce(news(event_kind::gateway_lost), now);
    }
    view_.reset();
    known_.reset();
}

/// Other protocols are allowed there: what was granted by one that still is stays as it is, and
/// the rest is asked for anew. False: it is another gateway, or reached otherwise.
bool gateway::amend(gateway_view const& view, time_point now) {
    if (!view_ || !is_same_place(*view_, view)) {
        return false;
    }
    auto before = std::move(*known_);
    auto const keeps_url = view_->description_url == view.description_url;
    queue_.clear();
    view_ = view;
    known_.emplace(view, shared_);
    known_->pcp_epoch = before.pcp_epoch;
    known_->nat_pmp_epoch = before.nat_pmp_epoch;
    known_->external = before.external;
    known_->round_trip = before.round_trip;
    known_->found = before.found;
    if (auto const* spoken = before.speech.spoken()) {
        known_->speech.answered(*spoken);
    }
    if (known_->igd && before.igd && keeps_url) {
        known_->igd.emplace(std::move(*before.igd));
        known_->asked_for = std::move(before.asked_for);
    }
    for (auto at = tenants_.begin(); at != tenants_.end();) {
        ask_in_other_words(at++, now);
    }
    adopt_left_overs(desired_, now);
    plan_verification(now);
    pump(now);
    return true;
}

void gateway::ask_in_other_words(tenants::iterator at, time_point now) {
    auto& t = at->second;
    auto& machine = t.machine;
    t.queued = false;
    t.next = nullptr;
    t.stays = false;
    t.passed_on = {};
    t.half.reset();
    auto const& lease = machine.held();
    if (lease && !allows(*view_, lease->via)) {
        auto out = machine.gateway_gone();
        auto const gone = out.gone;
        apply(at, std::move(out), now);
        if (!gone) {
            apply(at, welcome(at, now), now);
        }
        return;
    }
    if (machine.asking() || machine.awaits_answer()) {
        machine.start_over();
    }
    auto const waits = machine.state() == lease_state::waiting;
    apply(at, waits ? machine.renew(now) : effects{}, now);
}

bool gateway::acquaintance::quiet(time_point now) const {
    return unanswered >= unanswered_until_silent && now - unanswered_since >= unusual_quiet;
}

time_point gateway::acquaintance::silent_at(seconds silence) const {
    auto const enough = unanswered >= unanswered_until_silent;
    return enough && !reported_silent ? unanswered_since + silence : never;
}

void gateway::tick_silence(time_point now) {
    auto const first = known_->unanswered_since;
    if (known_->quiet(now) && known_->igd && std::exchange(known_->looked_since, first) != first) {
        // It may have lost the others: that it answers by UPnP is a reason to go over to that.
        known_->igd->refresh(now);
        heed(now);
    }
    if (known_->silent_at(shared_.settings.silence) <= now) {
        known_->reported_silent = true;
        announce_silence(now);
    }
}

} // namespace pmp
