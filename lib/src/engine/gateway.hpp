// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/dialect.hpp"
#include "dialect/igd_session.hpp"
#include "engine/epoch.hpp"
#include "engine/lease_machine.hpp"
#include "engine/negotiation.hpp"
#include "engine/reconcile.hpp"
#include "engine/surroundings.hpp"

#include <pmp/engine.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pmp {

/// How soon what can't be had without a gateway is asked for again.
inline constexpr std::chrono::seconds gatewayless_pause{300};

/// One configured gateway: its mappings, what it speaks, its epochs and its external address. The
/// mappings outlive every gateway that the network shows under its name.
class gateway {
public:
    gateway(std::string name, surroundings&);

    void desire(mappings_by_key, time_point now);
    void appear(gateway_view const&, time_point now);
    void vanish(time_point now);
    std::optional<ignore_reason> hear(inbound_datagram const&, time_point now);
    std::optional<ignore_reason> hear_advertisement(inbound_datagram const&, time_point now);
    void fetched(fetch_result const&, time_point now);
    void listening(std::string const& callback_url, time_point now);
    unsigned notified(inbound_notify const&, time_point now);
    /// ICMP to what was sent from there: its port is closed.
    void unreachable(ip_address const& source, time_point now);
    void tick(time_point now);
    /// Those of that name, or all; returns how many there are.
    std::size_t renew(std::string_view name, time_point now);
    void hurry_releases(time_point now);
    /// How often to look at its table may have changed.
    void plan_verification(time_point now);
    time_point wake_at() const;

    /// No mapping and no view: nothing would be missed.
    bool idle() const { return tenants_.empty() && !view_; }
    /// Only deletes what was mapped for an address that this host had before.
    bool former() const { return view_ && view_->former; }
    std::optional<standing> stands(lease_key const&) const;
    /// Mappings that are being released and no longer desired.
    std::vector<standing> leaving() const;
    std::optional<gateway_standing> stands() const;
    /// What waits to be asked for, and is to be known to the next start as if it had been.
    bool has_intents() const;
    void note_intents(ledger&) const;

private:
    /// A mapping with its place in the queue.
    struct tenant {
        explicit tenant(lease_machine m) : machine(std::move(m)) {}

        lease_machine machine;
        time_point due = time_point::max();
        bool queued = false;
        /// The dialect that its next request has to use; null: free.
        dialect const* next = nullptr;
        /// A better dialect than that of its lease gave another external port.
        bool stays = false;
        /// What it asks for is not to be had here, and it is let in unfiltered.
        bool unfiltered = false;
        /// Its lease lets in others than it asks for, as it may.
        bool open_to_all = false;
        /// Its last request had a description, which PCP servers may refuse.
        bool described = false;
        /// Of a pair: granted, and not told before the other has the same port.
        std::optional<grant> half;
        time_point half_since;
        /// Of a pair: how often the two were given different ports of late, and when they last
        /// were.
        unsigned partings = 0;
        time_point parted = time_point::min();
        /// What the gateway last granted, told or not: UPnP deletes it by its port.
        std::optional<endpoint> granted;
        /// Why it was passed on to another dialect than would have been its own.
        error_code passed_on;
        /// That of its last request.
        std::optional<dialect_id> asked_in;
        /// It was renewed because the gateway's table did not show it, and has not been seen there.
        bool unseen = false;
        /// How often on end its entry was found gone that should have stood.
        unsigned vanished = 0;
        /// Its deletion has failed before, as has been told.
        bool tried_again = false;
        /// While it is released: the external port that nobody else can have yet.
        std::optional<std::pair<transport, std::uint16_t>> leaving;
    };
    using tenants = std::map<lease_key, tenant>;

    /// A request that is under way.
    struct slot {
        lease_key key;
        dialect const* via = nullptr;
        time_point sent;
        bool resent = false;
        /// When its place goes to the next in the queue, answered or not.
        time_point gives_way = time_point::max();
    };

    /// The request for the external address, where the dialect needs one.
    struct address_query {
        retransmission attempt;
        /// When it is to be sent again; `max()`: it is not under way.
        time_point again = time_point::max();
        /// When the address that is known has to be asked for again.
        time_point due = time_point::min();
        /// Until when the probe that was sent to find the dialect counts as this request.
        time_point probed_until = time_point::min();
        bool under_way() const { return again != time_point::max(); }
        bool awaits_answer(time_point now) const { return under_way() || probed_until > now; }
    };

    /// What is remembered of a mapping because it has been asked for, and not because it was
    /// granted.
    struct anticipated {
        lease_key key;
        /// What was remembered before.
        std::optional<remembered_lease> before;
    };

    /// A deletion that did not succeed, of what the gateway still has for all that is known.
    struct failed_deletion {
        error_code error;
        /// Until it is tried again, doubled each time.
        std::chrono::seconds pause{};
        /// `max()`: it is under way.
        time_point again = time_point::max();
    };

    /// What is known of the gateway in view, and gone with it.
    struct acquaintance {
        acquaintance(gateway_view const&, surroundings&);
        negotiation speech;
        epoch_watch pcp_epoch{epoch_rule::pcp};
        epoch_watch nat_pmp_epoch{epoch_rule::nat_pmp};
        std::optional<ip_address> external;
        /// It had one, and has none at present.
        bool cut_off = false;
        /// As last told by UPnP.
        std::optional<ip_address> told_by_igd;
        std::vector<slot> slots;
        std::size_t window;
        address_query query;
        /// When the fallback is tried beside the best dialect.
        time_point probe_at = time_point::max();
        /// When a gateway that has answered only the fallback is taken to be deaf to the best.
        time_point decide_at = time_point::max();
        time_point recovery_at = time_point::min();
        /// RFC 6887 11.4: no new mappings before this.
        time_point full_until = time_point::min();
        error_code full_error;
        nanoseconds round_trip{};
        std::chrono::seconds closed_pause{};
        /// By UPnP, one at a time.
        std::optional<anticipated> asked_for;
        /// What is asked for after it: told to be remembered already, as of that time.
        std::map<lease_key, lease> intents;
        std::map<lease_key, failed_deletion> undeleted;
        /// Null where UPnP is not allowed.
        std::optional<igd_session> igd;
        /// UPnP is preferred to all that is said by datagrams.
        bool igd_first = false;
        /// When datagrams that were not answered have had time enough.
        time_point igd_at = time_point::max();
        /// They have; or the port that they go to is closed.
        bool datagrams_failed = false;
        bool port_closed = false;
        /// PCP requests with a DESCRIPTION are refused for it.
        bool no_descriptions = false;
        /// Since its table was last looked at the gateway may have restarted.
        bool doubtful = false;
        time_point verify_at = time_point::max();
        /// When a changed table is a reason to do so before that.
        time_point heeds_table_from = time_point::min();
        /// When it is looked whether this host does without a gateway.
        time_point direct_at = time_point::max();
        /// It has answered with a nonce of ours. Anybody on the network can forge what has none:
        /// that is believed where nothing better is heard, and else a reason to ask.
        bool proven = false;
        /// When all may be doubted again.
        time_point doubts_from = time_point::min();
        bool found = false;
        bool reported_silent = false;
        unsigned unanswered = 0;
        time_point unanswered_since;
        /// For which silence it was looked whether it lives.
        time_point looked_since = time_point::min();
        /// How often the fallback was answered in words of another version of the best dialect.
        unsigned denials = 0;

        /// It has let so much go unanswered that it may be gone.
        bool quiet(time_point now) const;
        /// When it is reported silent, as things are.
        time_point silent_at(std::chrono::seconds silence) const;
    };

    // gateway.cpp: mappings and events.
    void apply(tenants::iterator, effects, time_point now);
    void retire(tenants::iterator, time_point now);
    void wake(tenants::iterator, time_point now);
    void refuse_all(error_code, std::chrono::seconds retry_after, time_point now);
    void schedule(tenants::iterator);
    void announce(event, time_point now);
    event news(event_kind) const;
    dialect_id spoken_id() const;

    // gateway_heard.cpp: what the gateway says.
    std::optional<ignore_reason> understand(dialect const&, lease_answer const&, time_point now);
    std::optional<ignore_reason> understand(dialect const&, gateway_news const&, time_point now);
    std::optional<ignore_reason> understand(dialect const&, not_spoken const&, time_point now);
    bool denies_both(dialect const&, not_spoken const&) const;
    std::optional<ignore_reason>
    hear_denial_of_both(dialect const&, not_spoken const&, time_point now);
    std::optional<ignore_reason> understand(dialect const&, not_heard const&, time_point now);
    tenants::iterator addressee(dialect const&, lease_answer const&);
    static bool is_asked_in(dialect const&, tenant const&);
    tenants::iterator find_tenant(lease_key, std::optional<ip_address> const& third_party);
    void settle(tenants::iterator, dialect const&, lease_answer, time_point now);
    effects judge(tenants::iterator, dialect const&, lease_answer const&, time_point now);
    void heard_from(dialect const&, std::uint32_t epoch, time_point now, nanoseconds spread);
    void ask_everything_anew(time_point at);
    bool announces_otherwise(std::span<std::byte const>, time_point now);
    void greet(time_point now);
    void lose_state(time_point now);

    // gateway_connection.cpp: whether the gateway leads anywhere.
    void connected(time_point now);
    void doubt_all(time_point now);
    void external_address(ip_address const&, time_point now);
    void readdress(tenants::iterator, ip_address const&, ip_address const& before, time_point now);
    void lose_external_address(time_point now);
    void no_external_address(time_point now);
    static bool lacks_address(tenant const&);

    // gateway_lane.cpp: what may be sent when.
    void enqueue(tenants::iterator, bool in_front);
    tenants::iterator first_in_queue();
    void pump(time_point now);
    void pump_queue(time_point now);
    bool has_room(dialect const&) const;
    bool held_back(tenants::iterator, time_point now);
    dialect const& dialect_for(tenant const&) const;
    lease_request request_for(tenants::iterator) const;
    void transmit(tenants::iterator, dialect const&, time_point now);
    void retransmit(tenants::iterator, time_point now);
    void send(wire::bytes, time_point now);
    void query_address(datagram_dialect const&, time_point now);
    bool address_comes_first(tenant const&, dialect const&, time_point now);
    void query_for_held(time_point now);
    void prepare_probe(time_point now);
    void probe_fallback(time_point now);
    void switch_queue(dialect const& to);
    void switch_slots(dialect const& from, dialect const& to);
    void resend_slots(dialect const&, time_point now);
    void free_slot(lease_key const&);
    slot* find_slot(lease_key const&);
    void tick_slots(time_point now);
    void tick_query(time_point now);
    void tick_negotiation(time_point now);
    void tick_silence(time_point now);

    // gateway_extras.cpp: what mappings ask for beyond a port of this host.
    endpoint internal_of(lease_key const&) const;
    endpoint endpoint_for(lease_key const&, lease_answer const&) const;
    error_code lacks(tenants::iterator, dialect const&) const;
    bool pass_on(tenants::iterator, dialect const&, error_code, time_point now);
    dialect const* other_than(dialect const&) const;
    void ask_again(tenants::iterator, dialect const* next);
    bool lets_in_too_many(tenants::iterator, lease_answer const&) const;
    static void note_filter(tenant&, lease_answer const&);
    effects welcome(tenants::iterator, time_point now);
    bool asks_for_less(tenants::iterator, dialect const&, lease_answer const&, time_point now);
    lease_request worded(lease_request, tenants::iterator, dialect const&, time_point now);

    // gateway_memory.cpp: what the next start has to know.
    static mapping as_made(tenant const&);
    void remember(tenant const&);
    bool stays(lease_key const&, time_point now) const;
    bool is_kept(lease_key const&, possible_entry const&, time_point now) const;
    void collect_intents(bool endless, time_point now);
    bool note_beforehand(possible_entry const&, time_point now);
    void take_back_note(tenants::iterator, lease_answer const&, time_point now);
    void note_under_way(tenants::iterator, time_point now);

    // gateway_left_overs.cpp: what is to be deleted, until it is.
    void adopt(lease_key const&, remembered_lease const&, bool tried_again, time_point now);
    void adopt_left_overs(mappings_by_key const& desired, time_point now);
    void adopt_once_found(time_point now);
    bool is_left_over(lease_key const&, time_point now) const;
    bool needs_deletion(remembered_lease const*, time_point now) const;
    effects end_deletion(tenants::iterator, error_code, time_point now);
    std::chrono::seconds leave_behind(remembered_lease, error_code, time_point now);
    std::chrono::seconds put_off(lease_key const&, error_code, time_point now);
    void take_up(tenants::iterator, std::uint16_t external_port, time_point now);
    void look_at_heir(lease_key, time_point now);
    bool can_be_deleted(remembered_lease const&) const;
    void note_deletion(tenants::iterator, effects&, time_point now);
    void tick_deletions(time_point now);
    void tell_undeleted(std::vector<standing>&) const;

    // gateway_pair.cpp: two mappings that have one external port, or none.
    tenants::iterator companion(tenants::iterator);
    std::optional<std::uint16_t> number_of(tenants::iterator, time_point now) const;
    bool goes_second(tenants::iterator, time_point now);
    effects take(tenants::iterator, grant const&, time_point now);
    effects join(tenants::iterator, tenants::iterator other, grant const&, time_point now);
    effects part(tenants::iterator, tenants::iterator other, grant const&, time_point now);
    effects take_half(tenants::iterator, grant const&, time_point now);
    void drop_companion(tenants::iterator, lost_reason, time_point now);
    void suggest_number(tenants::iterator, lease_request&, time_point now);

    // gateway_igd.cpp: what is said by UPnP.
    bool carried_by_igd(tenant const&) const;
    bool changes_over(tenant const&) const;
    dialect const* spoken() const;
    void heed(time_point now);
    void understand(igd_search, time_point now);
    void understand(igd_exchange, time_point now);
    void understand(igd_found const&, time_point now);
    void understand(igd_check const&, time_point now);
    void understand(lease_answer const&, time_point now);
    void understand(not_spoken const&, time_point now);
    void understand(igd_listen, time_point now);
    void understand(igd_table_changed, time_point now);
    void give_up_datagrams(time_point now);
    void note_vanished(tenant&, igd_sighting);
    void check_all(time_point now);
    void tick_igd(time_point now);
    std::chrono::seconds
    hold_off(lease_machine const&, dialect const&, lease_answer const&, time_point now);
    void announce_silence(time_point now);
    void probe_datagrams();
    effects keep_dialect(tenants::iterator, datagram_dialect const&, lease_answer const&);

    // gateway_handed.cpp: what another engine was granted.
    std::optional<lease> take_handed(tenants::iterator, time_point now);
    effects go_on_with(tenants::iterator, lease const& handed, time_point now);

    // gateway_gone.cpp: it has left the view, or is spoken to otherwise.
    bool readdresses_host(gateway_view const&) const;
    void leave(lost_reason, time_point now);
    bool amend(gateway_view const&, time_point now);
    void ask_in_other_words(tenants::iterator, time_point now);

    // gateway_direct.cpp: nothing answers, and nothing is needed.
    bool may_be_direct() const;
    bool can_be_direct(tenants::iterator) const;
    bool stays_direct(tenants::iterator, error_code) const;
    static bool ends_directly(tenants::iterator);
    void expect_direct(time_point now);
    void tick_direct(time_point now);
    grant direct_grant(tenants::iterator) const;
    void hold_directly(tenants::iterator, time_point now);
    void do_without(tenants::iterator, time_point now);
    bool stays_without(tenants::iterator, error_code) const;
    static bool misses_suggested(tenant const&);
    void announce_direct(time_point now);
    void leave_direct(time_point now);

    std::string name_;
    surroundings& shared_;
    std::optional<gateway_view> view_;
    std::optional<acquaintance> known_;
    mappings_by_key desired_;
    tenants tenants_;
    std::set<std::pair<time_point, lease_key>> deadlines_;
    std::deque<lease_key> queue_;
    std::multiset<std::pair<transport, std::uint16_t>> leaving_;
    /// This host's address when it last did without a gateway.
    std::optional<ip_address> direct_from_;
    /// The one of a pair is being told of the other.
    bool parting_ = false;
};

} // namespace pmp
