// SPDX-License-Identifier: MIT
#include "dialect/igd_dialect.hpp"
#include "engine/gateway.hpp"

#include <algorithm>

namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
/// A request that has not been answered by then gives its place to the next: the longest first
/// wait of RFC 6887 8.1.1.
constexpr milliseconds place_held{3300};
/// Retransmission waits for at least so many of the gateway's usual round trips.
constexpr int round_trips = 4;

} // namespace

void gateway::enqueue(tenants::iterator at, bool in_front) {
    if (at->second.queued || !known_) {
        return;
    }
    at->second.queued = true;
    in_front ? queue_.push_front(at->first) : queue_.push_back(at->first);
}

dialect const& gateway::dialect_for(tenant const& t) const {
    if (t.next != nullptr) {
        return *t.next;
    }
    if (carried_by_igd(t)) {
        return the_igd_dialect();
    }
    auto const& speech = known_->speech;
    // A lease is ended in the words in which it was made.
    auto const* fallback = speech.fallback();
    auto const& lease = t.machine.held();
    auto const made_in = lease ? std::optional(lease->via) : t.asked_in;
    auto const by_fallback = fallback != nullptr && made_in == fallback->id();
    return t.machine.deleting() && by_fallback ? *fallback : speech.opening();
}

bool gateway::has_room(dialect const& d) const {
    auto const& k = *known_;
    if (d.id() == dialect_id::igd) {
        auto const same = [&](slot const& s) { return s.via == &d; };
        return !k.igd->searching() && std::none_of(k.slots.begin(), k.slots.end(), same);
    }
    if (d.one_at_a_time() || k.speech.on_trial(d)) {
        return k.slots.empty() && !k.query.under_way();
    }
    return k.slots.size() < k.window;
}

bool gateway::held_back(tenants::iterator at, time_point now) {
    auto& t = at->second;
    auto const is_new = t.machine.state() == lease_state::requesting;
    if (goes_second(at, now)) {
        queue_.push_back(at->first);
        return true;
    }
    if (is_new && known_->full_until > now) {
        t.queued = false;
        t.machine.defer(known_->full_until, known_->full_error);
        schedule(at);
        return true;
    }
    auto const& wish = t.machine.wish();
    if (is_new && leaving_.count({wish.protocol, wish.suggested.port}) != 0) {
        // Its port is being released by another mapping: behind that in the queue.
        queue_.push_back(at->first);
        return true;
    }
    return false;
}

/// Drops and passes over what has come to want nothing since it was queued.
gateway::tenants::iterator gateway::first_in_queue() {
    auto const at = tenants_.find(queue_.front());
    if (at != tenants_.end() && at->second.machine.asking()) {
        return at;
    }
    if (at != tenants_.end()) {
        at->second.queued = false;
    }
    queue_.pop_front();
    return tenants_.end();
}

void gateway::pump(time_point now) {
    if (known_ && known_->igd && !tenants_.empty() &&
        (shared_.settings.upnp_at_once || known_->datagrams_failed || known_->port_closed)) {
        known_->igd->start(now);
    }
    pump_queue(now);
    heed(now);
}

void gateway::pump_queue(time_point now) {
    if (!known_ || (!known_->speech.possible() && !known_->igd)) {
        return;
    }
    // Each is looked at once: those held back have gone to the end of the queue.
    for (auto left = queue_.size(); left > 0; --left) {
        auto const at = first_in_queue();
        if (at == tenants_.end()) {
            continue;
        }
        auto const& d = dialect_for(at->second);
        if (auto const lack = lacks(at, d)) {
            queue_.pop_front();
            left += pass_on(at, d, lack, now) ? 1 : 0;
            continue;
        }
        if (!has_room(d)) {
            return;
        }
        if (address_comes_first(at->second, d, now)) {
            return;
        }
        queue_.pop_front();
        if (!held_back(at, now)) {
            transmit(at, d, now);
        }
    }
    query_for_held(now);
}

/// True where nothing may be sent before the external address has been told.
bool gateway::address_comes_first(tenant const& t, dialect const& d, time_point now) {
    auto& query = known_->query;
    if (!d.asks_for_address() || query.due > now) {
        return false;
    }
    if (query.probed_until > now) {
        query.again = query.probed_until;
        return true;
    }
    if (t.machine.deleting() || shared_.settings.mappings_first) {
        return false;
    }
    query_address(*find_dialect(d.id()), now);
    return true;
}

/// Where mappings come first: the external address of those that have been granted.
void gateway::query_for_held(time_point now) {
    auto const& query = known_->query;
    if (!shared_.settings.mappings_first || query.under_way() || query.due > now ||
        !known_->slots.empty()) {
        return;
    }
    if (std::any_of(tenants_.begin(), tenants_.end(), [](auto const& t) {
            return lacks_address(t.second);
        })) {
        query_address(*find_dialect(dialect_id::nat_pmp), now);
    }
}

void gateway::send(wire::bytes datagram, time_point now) {
    shared_.outbox.emplace_back(outbound_datagram{
        name_, {view_->address, gateway_port}, std::move(datagram), view_->internal});
    if (known_->unanswered++ == 0) {
        known_->unanswered_since = now;
    }
}

lease_request gateway::request_for(tenants::iterator at) const {
    auto const& [key, t] = *at;
    auto const wish = t.machine.request();
    auto const& mapping = t.machine.wish();
    auto const& held = t.machine.held();
    lease_request out;
    out.protocol = key.protocol;
    out.left = key.left;
    out.internal = internal_of(key);
    auto const own = out.internal.address == view_->internal;
    out.sender = own ? std::nullopt : std::optional(view_->internal);
    out.suggested = wish.suggested;
    out.lifetime = wish.lifetime;
    out.lifetime_chosen = mapping.lifetime_chosen;
    out.nonce = shared_.book.nonce(view_->address, key);
    out.renews = held.has_value();
    out.overdue = t.machine.overdue();
    out.assigned = held ? std::optional(held->assigned) : t.granted;
    out.exact = mapping.exact && mapping.suggested.port != 0;
    out.description = described(mapping.name, mapping.description);
    if (auto const* made = shared_.book.find(*view_, key)) {
        out.made_as = described(made->mapping, made->description);
        if (!out.assigned && made->via == dialect_id::igd) {
            out.assigned = made->assigned;
        }
    }
    // A port that was guessed for a deletion has no address.
    out.made = t.granted || (out.assigned && !out.assigned->address.is_unspecified());
    out.allow = t.unfiltered ? decltype(out.allow)() : wish.allow;
    return out;
}

void gateway::transmit(tenants::iterator at, dialect const& d, time_point now) {
    auto& t = at->second;
    auto const& key = at->first;
    auto const request = worded(request_for(at), at, d, now);
    if (auto const* by_datagram = find_dialect(d.id())) {
        send(by_datagram->ask(request), now);
    } else {
        if (t.machine.state() == lease_state::renewing) {
            probe_datagrams();
        }
        known_->igd->ask(request, now);
    }
    auto patience = d.patience();
    patience.first = std::max(patience.first, known_->round_trip * round_trips);
    t.asked_in = d.id();
    t.queued = false;
    t.machine.sent(patience, shared_.jitter, now);
    schedule(at);

    auto* s = find_slot(key);
    auto const resent = s != nullptr || t.machine.sends() > 1;
    if (resent) {
        ++shared_.counts.unanswered[{name_, d.id()}];
    }
    if (s == nullptr) {
        s = &known_->slots.emplace_back();
    }
    auto const& speech = known_->speech;
    auto const wait = speech.on_trial(d) ? trial_delay : place_held;
    auto const keeps_place = d.one_at_a_time() && !speech.on_trial(d);
    *s = {key, &d, now, resent, keeps_place ? never : now + wait};
    if (speech.spoken() != nullptr || d.id() == dialect_id::igd) {
        return;
    }
    if (known_->igd && !known_->datagrams_failed) {
        known_->igd_at = std::min(known_->igd_at, now + shared_.settings.upnp_delay);
    }
    if (speech.fallback() != nullptr && known_->decide_at == never) {
        prepare_probe(now);
    }
}

void gateway::prepare_probe(time_point now) {
    auto const delay = shared_.settings.fallback_delay;
    if (delay > milliseconds(0)) {
        known_->probe_at = std::min(known_->probe_at, now + delay);
    } else if (known_->query.probed_until <= now) {
        probe_fallback(now);
    }
}

/// Beside the best dialect. Where it asks for the external address, that need not be asked again.
void gateway::probe_fallback(time_point now) {
    auto const& fallback = *known_->speech.fallback();
    auto& query = known_->query;
    known_->probe_at = never;
    send(fallback.probe(view_->internal), now);
    if (fallback.asks_for_address()) {
        query.probed_until = now + query.attempt.sent(fallback.patience(), shared_.jitter);
    }
}

void gateway::retransmit(tenants::iterator at, time_point now) {
    auto const* d = find_slot(at->first)->via;
    if (d->one_at_a_time()) {
        transmit(at, *d, now);
        return;
    }
    free_slot(at->first);
    if (at->second.machine.sends() > 0) {
        known_->window = std::max<std::size_t>(known_->window / 2, 1);
    }
    enqueue(at, false);
}

gateway::slot* gateway::find_slot(lease_key const& key) {
    if (!known_) {
        return nullptr;
    }
    auto& slots = known_->slots;
    auto const s =
        std::find_if(slots.begin(), slots.end(), [&](slot const& it) { return it.key == key; });
    return s != slots.end() ? &*s : nullptr;
}

void gateway::free_slot(lease_key const& key) {
    auto& slots = known_->slots;
    slots.erase(
        std::remove_if(slots.begin(), slots.end(), [&](slot const& it) { return it.key == key; }),
        slots.end()
    );
}

void gateway::switch_slots(dialect const& from, dialect const& to) {
    auto& slots = known_->slots;
    // Backwards, so that the first sent is the first in the queue.
    for (auto i = slots.size(); i > 0; --i) {
        auto const s = slots[i - 1];
        auto const at = tenants_.find(s.key);
        if (s.via != &from || at == tenants_.end()) {
            continue;
        }
        slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(i - 1));
        at->second.next = &to;
        at->second.machine.start_over();
        schedule(at);
        enqueue(at, true);
    }
}

/// What waits for the external address, which has turned out not to be told in that dialect.
void gateway::switch_queue(dialect const& to) {
    for (auto& [key, t] : tenants_) {
        if (t.machine.asking() && t.next != &the_igd_dialect()) {
            t.next = &to;
        }
    }
}

void gateway::resend_slots(dialect const& d, time_point now) {
    auto const slots = known_->slots;
    for (auto const& s : slots) {
        if (s.via == &d) {
            transmit(tenants_.find(s.key), d, now);
        }
    }
}

void gateway::tick_slots(time_point now) {
    for (std::size_t i = known_->slots.size(); i > 0; --i) {
        auto const s = known_->slots[i - 1];
        if (s.gives_way > now) {
            continue;
        }
        auto& speech = known_->speech;
        if (speech.on_trial(*s.via)) {
            speech.trial_failed();
            switch_slots(*s.via, *speech.fallback());
            return;
        }
        free_slot(s.key);
        known_->window = std::max<std::size_t>(known_->window / 2, 1);
    }
}

void gateway::query_address(datagram_dialect const& d, time_point now) {
    send(d.probe(view_->internal), now);
    auto& query = known_->query;
    query.again = now + query.attempt.sent(d.patience(), shared_.jitter);
}

void gateway::tick_query(time_point now) {
    auto& query = known_->query;
    if (query.again > now) {
        return;
    }
    if (!query.attempt.spent()) {
        query_address(*find_dialect(dialect_id::nat_pmp), now);
        return;
    }
    query = {};
    refuse_all(fault::gateway_silent, seconds(60), now);
}

void gateway::tick_negotiation(time_point now) {
    auto& speech = known_->speech;
    if (known_->probe_at <= now) {
        probe_fallback(now);
    }
    if (known_->decide_at <= now) {
        known_->decide_at = never;
        speech.settle_for_fallback();
        switch_slots(*speech.best(), *speech.fallback());
        greet(now);
    }
}

} // namespace pmp
