// SPDX-License-Identifier: MIT
#include "dialect/igd_dialect.hpp"
#include "engine/gateway.hpp"
#include "engine/igd_requests.hpp"
#include "engine/origin.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
/// How often its table is read at most where it tells of changes, beside once.
constexpr int table_looks = 10;
/// An entry that was gone so often on end when it was looked at will be gone again.
constexpr unsigned most_vanishings = 3;
/// Makes a gateway without UPnP as silent as one that has let so many datagrams go unanswered.
constexpr unsigned unanswered_until_silent = 3;

} // namespace

/// In which dialect a request goes that is free to choose. A lease stays in the dialect in which it
/// was made, so that a mapping never lives in two.
bool gateway::carried_by_igd(tenant const& t) const {
    if (!known_->igd) {
        return false;
    }
    auto const& speech = known_->speech;
    auto const& lease = t.machine.held();
    if (lease && lease->via == dialect_id::igd) {
        return !changes_over(t);
    }
    if (!lease && t.machine.deleting()) {
        auto const* made = shared_.book.find(*view_, key_of(t.machine.wish()));
        if (made != nullptr && made->via == dialect_id::igd) {
            return true;
        }
    }
    if (!speech.possible()) {
        return true;
    }
    if ((lease && t.machine.deleting()) || known_->igd->absent()) {
        return false;
    }
    if (known_->igd_first || known_->port_closed) {
        return true;
    }
    return speech.spoken() == nullptr && known_->datagrams_failed && known_->igd->ready();
}

/// A lease made by UPnP is renewed in a better dialect, once the gateway is heard to speak one. One
/// that does not end by itself stays, as it would have to be deleted under the new one.
bool gateway::changes_over(tenant const& t) const {
    auto const& lease = t.machine.held();
    auto const possible = lease && lease->via == dialect_id::igd && !lease->permanent &&
                          t.machine.state() == lease_state::renewing;
    return possible && !t.stays && !known_->igd_first && !known_->port_closed &&
           known_->speech.spoken() != nullptr;
}

/// The better dialect did not give the same external port: what it gave is returned, and the lease
/// renewed as it was made.
effects gateway::keep_dialect(
    tenants::iterator at, datagram_dialect const& better, lease_answer const& answer
) {
    auto& t = at->second;
    if (!answer.error) {
        auto request = request_for(at);
        request.suggested = {ip_address(), 0};
        request.lifetime = seconds(0);
        shared_.outbox.emplace_back(outbound_datagram{
            name_, {view_->address, gateway_port}, better.ask(request), view_->internal});
    }
    t.stays = true;
    t.next = &the_igd_dialect();
    t.machine.start_over();
    return {};
}

dialect const* gateway::spoken() const {
    if (!known_) {
        return nullptr;
    }
    auto const* by_datagram = known_->speech.spoken();
    auto const by_igd = known_->igd && known_->igd->ready();
    if (by_igd && (by_datagram == nullptr || known_->igd_first || known_->port_closed)) {
        return &the_igd_dialect();
    }
    return by_datagram;
}

std::optional<ignore_reason>
gateway::hear_advertisement(inbound_datagram const& in, time_point now) {
    if (!known_ || !known_->igd || !may_advertise(*view_, in)) {
        return ignore_reason::stranger;
    }
    auto const taken = known_->igd->hear(in, now);
    pump(now);
    return taken ? std::nullopt : std::optional(ignore_reason::malformed);
}

void gateway::fetched(fetch_result const& result, time_point now) {
    if (known_ && known_->igd) {
        known_->igd->fetched(result, now);
        pump(now);
    }
}

void gateway::listening(std::string const& callback_url, time_point now) {
    if (known_ && known_->igd) {
        known_->igd->listening(callback_url, now);
        pump(now);
    }
}

unsigned gateway::notified(inbound_notify const& in, time_point now) {
    constexpr unsigned precondition_failed = 412;
    if (!known_ || !known_->igd || in.source != view_->address) {
        return precondition_failed;
    }
    auto const status = known_->igd->notified(in, now);
    pump(now);
    return status;
}

/// Passes on what the session says, until it has said all.
void gateway::heed(time_point now) {
    while (known_ && known_->igd) {
        auto said = known_->igd->poll();
        if (!said) {
            return;
        }
        std::visit([&](auto&& s) { understand(std::forward<decltype(s)>(s), now); }, *said);
        pump_queue(now);
    }
}

void gateway::understand(igd_search s, time_point /*now*/) {
    shared_.outbox.emplace_back(performed_for(*view_, std::move(s)));
}

void gateway::understand(igd_exchange e, time_point now) {
    auto const remember_first = e.may_make && note_beforehand(*e.may_make, now);
    auto out = performed_for(*view_, std::move(e));
    out.remember_first = remember_first;
    shared_.outbox.emplace_back(std::move(out));
}

void gateway::understand(igd_found const& found, time_point now) {
    auto const was_quiet = known_->quiet(now);
    if (was_quiet && known_->speech.spoken() != nullptr) {
        // It lives, and has left datagrams unanswered for a while: firmware that was changed, or
        // their port filtered.
        known_->speech.fell_silent();
        known_->datagrams_failed = true;
    }
    auto const silent = known_->speech.spoken() == nullptr &&
                        (known_->datagrams_failed || !known_->speech.possible());
    if (silent) {
        known_->unanswered = 0;
        give_up_datagrams(now);
    }
    if (known_->verify_at == never) {
        plan_verification(now);
    }
    if (found.anew) {
        adopt_once_found(now);
    }
    auto const told_before = std::exchange(known_->told_by_igd, found.external);
    if (found.external.is_unspecified()) {
        if (found.cut_off && told_before == known_->external) {
            lose_external_address(now);
        }
        greet(now);
        return;
    }
    if (view_->address.is_v4()) {
        external_address(found.external, now);
    }
    greet(now);
    if (was_quiet && silent) {
        ask_everything_anew(now);
    }
    connected(now);
    if (found.doubtful) {
        known_->doubtful = true;
        check_all(now);
    }
}

void gateway::understand(lease_answer const& answer, time_point now) {
    auto const& igd = the_igd_dialect();
    auto const at = addressee(igd, answer);
    if (at == tenants_.end()) {
        return;
    }
    if (answer.error != reaction::gateway_unusable) {
        known_->unanswered = 0;
    }
    take_back_note(at, answer, now);
    settle(at, igd, answer, now);
}

/// A search has found nothing. What waited for it goes out by datagrams again, if it may.
void gateway::understand(not_spoken const& said, time_point now) {
    if (std::exchange(known_->unanswered, unanswered_until_silent) == 0) {
        known_->unanswered_since = now;
    }
    for (auto& [key, t] : tenants_) {
        t.next = t.next == &the_igd_dialect() ? nullptr : t.next;
    }
    if (!known_->speech.possible()) {
        refuse_all(said.error, said.retry_after, now);
    } else if (known_->port_closed) {
        refuse_all(fault::gateway_unreachable, said.retry_after, now);
    }
}

void gateway::understand(igd_check const& check, time_point now) {
    auto const at = find_tenant(
        {check.protocol, {boost::asio::ip::address_v4(), check.internal_port}}, check.third_party
    );
    auto* const machine = at != tenants_.end() ? &at->second.machine : nullptr;
    if (machine == nullptr || machine->state() != lease_state::held ||
        check.sighting == igd_sighting::unknown) {
        return;
    }
    auto const seen_before = machine->held()->verified == verification::read_back;
    auto const ours = check.sighting == igd_sighting::ours;
    machine->seen(ours ? verification::read_back : verification::none);
    auto& t = at->second;
    if (ours) {
        t.unseen = false;
        t.vanished = 0;
        return;
    }
    auto const via = machine->held()->via;
    if (via == dialect_id::direct) {
        // What let it in without has ended.
        machine->state_lost(now, now);
    } else if (via == dialect_id::igd) {
        note_vanished(t, check.sighting);
        if (std::exchange(known_->doubtful, false)) {
            announce(news(event_kind::gateway_rebooted), now);
        }
        machine->state_lost(now, now);
    } else if (seen_before || !std::exchange(t.unseen, true)) {
        // Gateways that keep a table for each protocol never show it: what has not been seen is
        // made again once, and then only looked for.
        machine->doubt(now, seen_before);
    }
    schedule(at);
}

/// Some gateways keep entries that end for minutes only, whatever they were granted for.
void gateway::note_vanished(tenant& t, igd_sighting sighting) {
    auto const ends = !t.machine.held()->permanent && !known_->doubtful;
    if (ends && sighting == igd_sighting::missing && ++t.vanished >= most_vanishings) {
        t.vanished = 0;
        known_->igd->distrust_leases();
    }
}

/// Requests that datagrams have not brought an answer to go by UPnP, if that was found; else they
/// wait for it.
void gateway::give_up_datagrams(time_point now) {
    // Backwards, so that the first sent is the first in the queue.
    std::vector<slot> const slots(known_->slots.rbegin(), known_->slots.rend());
    known_->slots.clear();
    known_->probe_at = never;
    known_->decide_at = never;
    for (auto& [key, t] : tenants_) {
        // What waits for its turn is as free again as what has not been asked yet.
        t.next = t.next == &the_igd_dialect() ? t.next : nullptr;
    }
    for (auto const& s : slots) {
        auto const at = tenants_.find(s.key);
        if (at == tenants_.end() || s.via == &the_igd_dialect()) {
            known_->slots.push_back(s);
            continue;
        }
        auto& t = at->second;
        if (t.machine.deleting()) {
            apply(at, end_deletion(at, fault::gateway_unreachable, now), now);
            continue;
        }
        t.next = &the_igd_dialect();
        t.machine.start_over();
        schedule(at);
        enqueue(at, true);
    }
}

void gateway::understand(igd_listen /*wish*/, time_point /*now*/) {
    shared_.outbox.emplace_back(listen_request{name_, view_->internal});
}

/// Others' mappings change it too: however often that is, it is read at measured intervals.
void gateway::understand(igd_table_changed /*said*/, time_point now) {
    auto const pause = shared_.settings.verify;
    if (pause > seconds(0)) {
        auto& due = known_->verify_at;
        due = std::min(due, std::max(now, known_->heeds_table_from));
        known_->heeds_table_from = std::max(known_->heeds_table_from, due + pause / table_looks);
    }
}

void gateway::check_all(time_point now) {
    for (auto at = tenants_.begin(); at != tenants_.end(); ++at) {
        if (at->second.machine.state() == lease_state::held) {
            known_->igd->check(request_for(at), now);
        }
    }
}

void gateway::plan_verification(time_point now) {
    if (known_ && known_->igd && known_->igd->ready()) {
        auto const pause = shared_.settings.verify;
        known_->verify_at = pause > seconds(0) ? now + pause : never;
    } else if (known_) {
        known_->verify_at = never;
    }
}

void gateway::tick_igd(time_point now) {
    if (!known_->igd) {
        return;
    }
    known_->igd->tick(now);
    if (known_->igd_at <= now) {
        known_->igd_at = never;
        auto const answers = known_->speech.spoken() != nullptr || known_->decide_at != never;
        known_->datagrams_failed = !answers;
        if (!answers && known_->igd->ready()) {
            give_up_datagrams(now);
        }
    }
    if (known_->verify_at <= now) {
        known_->verify_at = now + shared_.settings.verify;
        check_all(now);
    }
}

/// After a refusal. UPnP says nothing of when to ask again: what is held is asked for after half of
/// what is left, as renewals are.
seconds gateway::hold_off(
    lease_machine const& machine, dialect const& d, lease_answer const& answer, time_point now
) {
    auto hold = answer.error == fault::no_external_address
                    ? disconnected_pause
                    : d.hold_off(answer.error, answer.retry_after);
    if (d.id() == dialect_id::igd && machine.state() == lease_state::renewing) {
        auto const left = std::chrono::floor<seconds>(machine.held()->expires - now);
        hold = std::clamp(left / 2, std::min(renewal_spacing, hold), hold);
    }
    return shared_.jitter.between(hold, hold + hold / 10);
}

void gateway::announce_silence(time_point now) {
    auto e = news(event_kind::gateway_silent);
    e.error = known_->igd ? known_->igd->trouble() : error_code();
    announce(std::move(e), now);
}

/// Asks, where UPnP is spoken, whether the gateway has learned something better. Nobody waits for
/// an answer.
void gateway::probe_datagrams() {
    auto const& speech = known_->speech;
    if (known_->igd_first || speech.spoken() != nullptr) {
        return;
    }
    for (auto const* d : {speech.best(), speech.fallback()}) {
        if (d != nullptr) {
            shared_.outbox.emplace_back(outbound_datagram{
                name_, {view_->address, gateway_port}, d->probe(view_->internal), view_->internal});
        }
    }
}

} // namespace pmp
