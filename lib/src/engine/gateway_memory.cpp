// SPDX-License-Identifier: MIT
#include "engine/gateway.hpp"

#include <utility>

// What the next start has to know, so that nothing of ours is left behind.
namespace pmp {

namespace {

using std::chrono::seconds;

} // namespace

/// What does not filter is known, and deleted, as an entry for everybody.
mapping gateway::as_made(tenant const& t) {
    auto made = t.machine.wish();
    if (t.unfiltered) {
        made.allow.clear();
    }
    return made;
}

void gateway::remember(tenant const& t) {
    auto const& held = *t.machine.held();
    known_->intents.erase(key_of(t.machine.wish()));
    if (held.via != dialect_id::direct) {
        shared_.book.note(*view_, as_made(t), held);
    }
}

/// What does not end by itself, or not yet, is deleted another time.
bool gateway::stays(lease_key const& key, time_point now) const {
    auto const* made = shared_.book.find(*view_, key);
    return made != nullptr && (made->permanent || is_left_over(key, now));
}

/// That is on disk, or written with what was asked for before it.
bool gateway::is_kept(lease_key const& key, possible_entry const& entry, time_point now) const {
    auto const endless = entry.lease == seconds(0);
    auto const* known = shared_.book.find(*view_, key);
    if (known != nullptr && known->via == dialect_id::igd &&
        known->assigned.port == entry.external_port &&
        (known->permanent || (!endless && known->expires > now))) {
        return true;
    }
    auto const intent = known_->intents.find(key);
    return intent != known_->intents.end() && intent->second.assigned.port == entry.external_port &&
           (intent->second.permanent || !endless);
}

/// What waits in the queue is asked for soon after: it is written together with what goes first.
void gateway::collect_intents(bool endless, time_point now) {
    known_->intents.clear();
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        auto const& t = at->second;
        auto const* known = shared_.book.find(*view_, at->first);
        auto const runs = known != nullptr && (known->permanent || known->expires > now);
        auto const waits = t.queued && t.machine.asking() && !t.machine.deleting();
        if (!runs && waits && dialect_for(t).id() == dialect_id::igd) {
            auto const wish = request_for(at);
            auto const suggested = wish.suggested.port;
            lease& intent = known_->intents[at->first];
            intent.via = dialect_id::igd;
            intent.assigned = {
                known_->told_by_igd.value_or(ip_address()),
                suggested != 0 ? suggested : wish.internal.port};
            intent.expires = now + wish.lifetime;
            intent.permanent = endless;
        }
    }
}

bool gateway::has_intents() const {
    return known_ && !known_->intents.empty();
}

void gateway::note_intents(ledger& book) const {
    if (!known_) {
        return;
    }
    for (auto const& [key, intent] : known_->intents) {
        auto const at = tenants_.find(key);
        if (at != tenants_.end()) {
            book.note(*view_, as_made(at->second), intent);
        }
    }
}

/// Whoever is killed, or has no time left, never hears whether it was made. True where that has to
/// be on disk before it is asked for.
bool gateway::note_beforehand(possible_entry const& entry, time_point now) {
    auto const at = find_tenant(
        {entry.protocol, {boost::asio::ip::address_v4(), entry.internal_port}}, entry.third_party
    );
    if (at == tenants_.end()) {
        return false;
    }
    auto const endless = entry.lease == seconds(0);
    auto const* known = shared_.book.find(*view_, at->first);
    auto const is_there = known != nullptr && known->permanent && known->via == dialect_id::igd &&
                          known->assigned.port == entry.external_port;
    if (is_there) {
        return false;
    }
    auto const& held = at->second.machine.held();
    auto const is_moved = held && known != nullptr && held->assigned.port == known->assigned.port;
    if (known != nullptr && known->permanent && !is_moved) {
        // At another port, of an earlier run or of a time at another gateway: nothing that is
        // asked for now ends that.
        leave_behind(*known, {}, now);
        shared_.book.forget(*view_, at->first);
        known = nullptr;
    }
    if (!known_->asked_for || known_->asked_for->key != at->first) {
        auto before = known != nullptr ? std::optional(*known) : std::nullopt;
        known_->asked_for = anticipated{at->first, std::move(before)};
    }
    auto const kept = is_kept(at->first, entry, now);
    auto const wish = as_made(at->second);
    lease made;
    made.via = dialect_id::igd;
    made.assigned = {known_->told_by_igd.value_or(ip_address()), entry.external_port};
    made.expires = now + (endless ? wish.lifetime : entry.lease);
    made.permanent = endless;
    shared_.book.note(*view_, wish, made);
    if (kept) {
        known_->intents.erase(at->first);
    } else {
        collect_intents(endless, now);
    }
    return !kept;
}

/// It was refused: nothing has been made. What was not answered may have been.
void gateway::take_back_note(tenants::iterator at, lease_answer const& answer, time_point now) {
    auto const& key = at->first;
    auto const refusal = answer.error;
    known_->intents.erase(key);
    if (!known_->asked_for || known_->asked_for->key != key) {
        return;
    }
    auto const noted = std::exchange(known_->asked_for, {});
    if (answer.undeleted && noted->before) {
        auto left = *noted->before;
        left.assigned.port = answer.undeleted->external_port;
        leave_behind(std::move(left), answer.undeleted->error, now);
    }
    // A table may only not have shown it, or have kept it.
    auto const unclear = refusal == reaction::gateway_unusable || refusal == fault::not_in_table ||
                         refusal == fault::entry_disabled;
    if (!refusal || unclear) {
        return;
    }
    if (noted->before) {
        shared_.book.note(*noted->before);
    } else {
        shared_.book.forget(*view_, key);
    }
}

/// What is under way may still be granted, and nobody hears of it: once the gateway is back it is
/// taken to be there, so that it is renewed or deleted like any other.
void gateway::note_under_way(tenants::iterator at, time_point now) {
    auto const& machine = at->second.machine;
    auto const noted = known_->asked_for && known_->asked_for->key == at->first;
    if (!machine.awaits_answer() || machine.deleting() || noted) {
        return;
    }
    auto const* s = find_slot(at->first);
    auto const request = request_for(at);
    lease granted;
    granted.via = s != nullptr ? s->via->id() : dialect_for(at->second).id();
    granted.assigned = request.assigned.value_or(request.suggested);
    granted.expires = now + request.lifetime;
    granted.permanent = machine.held() && machine.held()->permanent;
    shared_.book.note(*view_, machine.wish(), granted);
}

} // namespace pmp
