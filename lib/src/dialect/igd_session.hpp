// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/igd_discovery.hpp"
#include "dialect/igd_selection.hpp"
#include "dialect/igd_subscription.hpp"
#include "dialect/igd_transaction.hpp"
#include "dialect/pinhole_transaction.hpp"

#include <pmp/network.hpp>
#include <pmp/one_shot.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace pmp {

/// An HTTP request to make of the gateway.
struct igd_exchange {
    std::uint64_t id = 0;
    endpoint server;
    std::string request;
    /// How long its answer is worth waiting for.
    std::chrono::seconds timeout{30};
    /// Absent: nothing that has to be known of.
    std::optional<possible_entry> may_make{};
};

/// A listener for events would be of use.
struct igd_listen {};

/// The table may not be what it was.
struct igd_table_changed {};

/// A service that can be used was found, or what is known of it has changed.
struct igd_found {
    /// Unspecified: not told. Of IPv6: this host's own.
    ip_address external;
    /// The gateway says itself that it is not connected.
    bool cut_off = false;
    /// It may have restarted since it was last asked: its table may be empty.
    bool doubtful = false;
    /// It was not known before, or had been lost.
    bool anew = false;
};

/// What the table shows of one mapping.
struct igd_check {
    transport protocol = transport::tcp;
    std::uint16_t internal_port = 0;
    igd_sighting sighting = igd_sighting::unknown;
    /// The host that it leads to, where that is not this one.
    std::optional<ip_address> third_party{};
};

/// `not_spoken`: a search has ended, and nothing was found.
using igd_output = std::variant<
    igd_search,
    igd_exchange,
    igd_found,
    lease_answer,
    igd_check,
    not_spoken,
    igd_listen,
    igd_table_changed>;

/// What users may want to know of a gateway.
struct igd_portrait {
    std::string model;
    std::string service;
    std::string description_url;
    std::string control_url;
};

/// The conversation with one gateway by UPnP: finds its description, chooses the service that is
/// connected, makes and ends mappings, reads the table. At a gateway of IPv6 mappings are pinholes
/// in its firewall. One HTTP exchange at a time. Like the engine it opens no socket and reads no
/// clock: drain `poll()` after each input.
class igd_session {
public:
    /// `description_url`: where the description is; empty: it is looked for.
    /// `exchanges`: numbers them, so that no two have the same.
    igd_session(gateway_view const&, dice&, std::uint64_t& exchanges);

    /// Begins to search, unless it has begun before.
    void start(time_point now);
    /// A search reply or a NOTIFY. False: it is of no use here, or another device's.
    bool hear(inbound_datagram const&, time_point now);
    /// False: nobody waits for it.
    bool fetched(fetch_result const&, time_point now);
    void tick(time_point now);
    time_point wake_at() const;

    /// Is answered with a `lease_answer`, sooner or later. A second request for the same mapping
    /// replaces the first.
    void ask(lease_request const&, time_point now);
    /// Looks whether the table shows it. At most one is under way for each mapping.
    void check(lease_request const&, time_point now);
    /// Somebody wants to know how it is connected.
    void refresh(time_point now);
    /// Something suggests that the gateway is not what it was.
    void look_again(time_point now);
    /// Entries that end have been found gone before their end, again and again: from now on those
    /// are asked for first that do not.
    void distrust_leases() { habits_.lease = std::chrono::seconds(0); }
    /// Sends all deletions that wait, side by side, without looking first or waiting for answers.
    void hurry_deletions();

    /// Where events can be sent.
    void listening(std::string const& callback_url, time_point now);
    /// An event: a reason to look, at once. Returns the HTTP status to answer it with.
    unsigned notified(inbound_notify const&, time_point now);
    /// Nobody has a mapping here any more: until the next `start()` events are of no use.
    void rest(time_point now);

    std::optional<igd_output> poll();

    bool ready() const { return phase_ == phase::ready; }
    /// Neither found nor given up.
    bool searching() const;
    bool absent() const { return phase_ == phase::absent; }
    std::optional<igd_portrait> portrait() const;
    /// Its service refuses to say anything of itself. It may map ports all the same.
    bool tells_nothing() const { return ready() && tells_nothing_; }
    /// How it came to that, or did not.
    upnp_search const& found_by() const { return found_by_; }
    /// Why what answers is of no use so far; success: it is, or nothing answers.
    error_code trouble() const;
    /// That maps ports; null until it is found.
    wire::igd::service const* service() const { return service_ ? &*service_ : nullptr; }

private:
    enum class phase : std::uint8_t { idle, searching, describing, selecting, ready, absent };
    enum class purpose : std::uint8_t {
        nothing,
        description,
        selection,
        status,
        address,
        transaction,
        abandoned,
        check,
        subscription,
        farewell,
    };

    // igd_session.cpp: requests.
    void advance(time_point now);
    void advance_ready(time_point now);
    void begin_transaction(time_point now);
    void take_step(igd_step, time_point now);
    void tell_deletion(lease_request const& made, endpoint const& assigned);
    void answer(lease_answer);
    void answer(lease_request const&, error_code);
    void hurry(lease_request const&);
    bool abandon(lease_request const&);
    bool repeat(fetch_result const&, time_point now);
    void send_exchange(time_point now);
    void begin_exchange(purpose, wire::http_url const&, wire::http::request const&, time_point now);
    void call(purpose, wire::soap::call const&, time_point now);
    void take_reply(purpose, wire::soap::reply const&, time_point now);
    void begin_check(time_point now);
    void answer_check(igd_sighting);
    igd_sighting sighting_of(wire::soap::reply const&, lease_request const&);

    // igd_session_connection.cpp: what it tells of its connection.
    void take_status(wire::soap::reply const&, time_point now);
    void take_address(wire::soap::reply const&, time_point now);
    bool cut_off() const { return has_no_address_ || disconnected_; }
    bool is_disconnected(wire::igd::connection_status const&) const;
    /// Unspecified where it is cut off.
    ip_address reachable() const { return cut_off() ? ip_address() : external_; }
    igd_found found(bool anew);

    // igd_session_firewall.cpp: what is otherwise where mappings are pinholes.
    bool opens_pinholes() const { return gateway_.is_v6(); }
    std::unique_ptr<igd_work> work_for(lease_request);
    wire::soap::call status_question() const;
    std::optional<wire::soap::call> check_question(lease_request const&) const;
    std::optional<wire::soap::call> deletion(lease_request const&) const;
    void take_firewall(wire::soap::reply const&);
    igd_sighting pinhole_sighting(wire::soap::reply const&, lease_request const&);
    bool is_of_gateway(wire::ssdp::advertisement&, ip_address const& source) const;

    // igd_session_events.cpp: events, which come as they like.
    void begin_subscription(time_point now);
    void take_subscription(fetch_result const&, time_point now);
    void heed(igd_hint, time_point now);

    // igd_session_search.cpp: from nothing to a service, and back.
    void search(time_point now);
    void next_place(time_point now);
    void take_description(fetch_result const&, time_point now);
    void take_selection(pmp::result<wire::soap::reply> const&, time_point now);
    void settle(igd_candidate const&, time_point now);
    void give_up(time_point now);
    void note_trouble(error_code, std::string place);
    void note_hidden(bool hides, std::string const& control);
    void note_place(wire::ssdp::advertisement const&);
    error_code why_absent() const;
    void lost_device(error_code why, time_point now);
    void advertised(wire::ssdp::advertisement const&, time_point now);
    bool has_restarted(wire::ssdp::advertisement const&) const;

    ip_address gateway_;
    ip_address internal_;
    std::optional<wire::http_url> given_url_;
    dice& dice_;

    phase phase_ = phase::idle;
    igd_discovery discovery_;
    /// Places of descriptions that are still to be looked at.
    std::deque<wire::http_url> places_;
    time_point search_again_ = time_point::max();
    upnp_search found_by_;
    /// When a notification is a reason to search again.
    time_point heeds_from_ = time_point::min();
    std::chrono::seconds search_pause_{};

    std::optional<wire::http_url> location_;
    std::optional<wire::igd::description> description_;
    std::optional<igd_selection> selection_;
    std::optional<wire::igd::service> service_;
    igd_habits habits_;
    bool tells_nothing_ = false;
    /// Unspecified: it has none, or cannot be asked for it.
    ip_address external_;
    /// It has said that it has none.
    bool has_no_address_ = false;
    /// Its status has said that it is connected: what it says else is believed, too.
    bool tells_status_ = false;
    bool disconnected_ = false;
    time_point external_since_ = time_point::min();
    time_point status_due_ = time_point::max();
    std::chrono::seconds uptime_{};
    time_point uptime_since_;
    wire::ssdp::boot_signs signs_;
    bool doubtful_ = false;
    wire::igd::firewall_status firewall_;
    pinhole_names pinholes_;

    igd_subscription subscription_;
    bool listener_wanted_ = false;
    /// When an event is a reason to look again.
    time_point looks_from_ = time_point::min();
    /// Until when changes of the table are taken for our own.
    time_point own_changes_until_ = time_point::min();

    struct pending {
        lease_request wish;
        /// How often the gateway went away over it.
        unsigned failures = 0;
    };
    std::deque<pending> asked_;
    std::deque<lease_request> checks_;
    std::unique_ptr<igd_work> transaction_;
    unsigned transaction_failures_ = 0;

    purpose in_flight_ = purpose::nothing;
    std::uint64_t& exchanges_;
    std::uint64_t exchange_ = 0;
    /// What is under way, and since when; to be said once more if nobody answers.
    igd_exchange said_;
    time_point said_at_;
    bool repeated_ = false;
    time_point overdue_ = time_point::max();
    std::deque<igd_output> outbox_;
};

} // namespace pmp
