// SPDX-License-Identifier: MIT
#pragma once

#include "engine/inquiry.hpp"
#include "engine/lease_errands.hpp"
#include "engine/table_errand.hpp"
#include "net/announcement_listener.hpp"
#include "net/bell.hpp"
#include "net/boot_timer.hpp"
#include "net/event_listener.hpp"
#include "net/event_queue.hpp"
#include "net/http_exchange.hpp"
#include "net/one_shot.hpp"
#include "net/packet_view.hpp"
#include "net/route_monitor.hpp"
#include "net/search_socket.hpp"
#include "net/udp_link.hpp"
#include "net/unwritten_bytes.hpp"

#include <pmp/client.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace pmp {

/// Its deletion was refused, and is tried again: that is not going to be confirmed in time.
inline bool is_put_off(standing const& row) {
    return row.state == lease_state::releasing && row.retry_at;
}

/// What performs the engine. After each input its outputs are drained, then the alarm is set to the
/// moment at which it wants to wake. The loops of a run own the state together with the client.
class PMP_NO_EXPORT client::state : public std::enable_shared_from_this<state> {
public:
    using run_handler = boost::asio::any_completion_handler<void(error_code)>;
    using wait_handler = boost::asio::any_completion_handler<void(error_code, event)>;
    using address_handler = boost::asio::any_completion_handler<void(error_code, external_address)>;
    using map_handler = boost::asio::any_completion_handler<void(error_code, lease)>;
    using discover_handler =
        boost::asio::any_completion_handler<void(error_code, std::vector<discovered_gateway>)>;

    using list_handler = boost::asio::any_completion_handler<void(error_code, mapping_table)>;

    state(boost::asio::any_io_executor, memory, client_settings);

    void set_gateways(std::vector<gateway_settings>);
    void set_mappings(std::vector<mapping>);
    void set_verify(std::chrono::seconds);
    void set_release_timeout(std::chrono::milliseconds timeout) { release_timeout_ = timeout; }
    void take_over(std::vector<lease> granted) { engine_.take_over(std::move(granted)); }
    std::size_t renew(std::string_view mapping);
    void look_again();
    void set_notice_handler(std::function<void(notice const&)>);
    void set_memory_handler(std::function<void(memory const&)> handler) {
        memory_handler_ = std::move(handler);
    }
    void set_packet_handler(net::packet_handler handler) { packet_handler_ = std::move(handler); }
    engine const& lease_engine() const { return engine_; }
    memory remembers() const;

    void start_run(run_handler);
    void start_wait(wait_handler);
    void start_external_address(
        std::string const& gateway, std::chrono::milliseconds deadline, address_handler
    );
    void start_map(mapping, std::chrono::milliseconds deadline, map_handler);
    void start_unmap(mapping, std::chrono::milliseconds deadline, run_handler);
    void start_discover(std::chrono::milliseconds deadline, discover_handler);
    void start_list(std::string const& gateway, std::chrono::milliseconds deadline, list_handler);
    /// Ends everything without releasing anything.
    void abandon();

private:
    enum class phase : std::uint8_t { idle, running, releasing, ending };
    using operation_number = std::uint64_t;
    /// Name of a gateway, and the address from which it is asked.
    using link_key = std::pair<std::string, ip_address>;
    using links = std::map<link_key, std::shared_ptr<net::udp_link>>;
    /// By their groups and interfaces.
    using listeners =
        std::map<std::pair<endpoint, unsigned>, std::shared_ptr<net::announcement_listener>>;
    /// What has been found so far.
    struct findings {
        network_view view;
        state::links links;
    };

    /// Other gateways take the place of those in force, once what is mapped there is released.
    struct move {
        /// Those that are in force until then.
        std::vector<gateway_settings> from;
        /// Names of those of them that change or go.
        std::set<std::string> changed;
        /// Names of mappings there that stay as they are.
        std::set<std::string> staying;
        /// Mappings that were being released when they were last counted.
        std::size_t left = 0;
        time_point count_again_at;
        time_point deadline;
        bool over = false;
    };

    // client.cpp: runs, and waits for events.
    template <class Handler>
    operation_number begin(Handler const&, void (state::*cancel)(operation_number));
    error_code open_run();
    static boost::asio::awaitable<void> keep_run(std::shared_ptr<state>, run_handler);
    static boost::asio::awaitable<void> keep_wait(std::shared_ptr<state>, wait_handler);
    void cancel_run(operation_number);
    void cancel_wait(operation_number);
    void wake_reader();
    void release();
    bool all_released(time_point now);
    bool nobody_confirms(std::vector<standing> const&) const;
    bool release_has_ended();
    void end(error_code);
    void tell(
        notice_kind, std::string const& subject, error_code, address_family = address_family::ipv4
    );

    // client_loops.cpp: what a run does all the time.
    void spawn(boost::asio::awaitable<void>);
    void loop_ended(std::exception_ptr const&);
    static boost::asio::awaitable<void> follow_clock(std::shared_ptr<state>);
    static boost::asio::awaitable<void> follow_network(std::shared_ptr<state>);
    static boost::asio::awaitable<void> follow_retries(std::shared_ptr<state>);
    static boost::asio::awaitable<void>
        hear(std::shared_ptr<state>, link_key, std::shared_ptr<net::datagram_socket>);
    void take_refusal(net::datagram_socket const&, link_key const&);
    void take_arrivals(net::datagram_socket&, link_key const&);
    void drain();
    void pump();
    template <class Outbound>
    void show(Outbound const&, net::datagram_socket const& by) const;
    void perform(outbound_datagram const&);
    void perform(outbound_search const&);
    void perform(fetch);
    void perform(listen_request const&);
    void perform(event);
    static boost::asio::awaitable<void>
        exchange(std::shared_ptr<state>, std::shared_ptr<net::http_exchange>, fetch);

    // client_notifications.cpp: what UPnP gateways notify of.
    static boost::asio::awaitable<void> hear_notifications(std::shared_ptr<state>, link_key);
    std::shared_ptr<net::event_listener> open_listener(link_key const&);
    unsigned take_notification(std::string const& gateway, inbound_notify);
    void close_listener(link_key const&);
    bool farewell_is_said(time_point now);

    // client_gateways.cpp: what is wanted, and of which gateways.
    std::vector<gateway_settings> const& in_force() const;
    std::optional<move> plan_move(std::vector<gateway_settings> const& before) const;
    bool stays(gateway_view const&) const;
    std::vector<mapping> desired() const;
    time_point watch_move(time_point now);
    bool make_move();

    // client_network.cpp: which sockets there are.
    void refresh();
    bool read_routes();
    std::set<address_family> families_at(gateway_settings const&) const;
    bool find_gateway(gateway_settings const&, address_family, findings&);
    void find_formers(findings&);
    std::shared_ptr<net::udp_link> link_to(gateway_view const&, bool interface_only);
    std::shared_ptr<net::search_socket> search_from(link_key const&);
    void close_search(link_key const&);
    void listen(network_view const&);
    error_code listen_at(listeners::key_type const&, listeners const& old);
    void close_sockets();

    // client_one_shots.cpp: errands beside the run.
    /// A gateway that can be asked for one thing.
    struct target {
        gateway_view view;
        std::shared_ptr<net::udp_link> link;
        net::search_range range = net::search_range::network;
        /// The first dialect of the view is the one that worked last.
        bool hinted = false;
        /// UPnP is what worked last.
        bool worked_by_igd = false;
        bool maps_for_address = false;
    };
    /// A one-shot, and what it performs.
    template <class Errand>
    struct outing {
        std::shared_ptr<net::one_shot> shot;
        std::shared_ptr<Errand> errand;
        time_point deadline;
    };
    struct survey;
    result<target> reach(std::string const& gateway, address_family = address_family::ipv4);
    result<target> reach(gateway_settings const&, address_family);
    result<target> reach_for(mapping&);
    template <class Errand>
    outing<Errand> prepare(target, std::shared_ptr<Errand>, std::chrono::milliseconds deadline);
    std::shared_ptr<inquiry> new_inquiry(inquiry_aim, target const&) const;
    engine_settings errand_settings(target const&) const;
    memory known_of(mapping const&, gateway_view const&) const;
    dialect_hint const* hint_of(ip_address const& gateway) const;
    void note_hint(dialect_hint const&);
    void note_working(ip_address const& gateway, dialect_id);
    void note_lease(remembered_lease const&);
    void note_beforehand(std::vector<remembered_lease> const&);
    void note_failure(map_errand const&);
    void leave_link(net::one_shot const&);
    std::shared_ptr<net::udp_link> take_left_link(link_key const&, net::link_ends const&);
    void forget_lease(remembered_lease const&);
    void forget_granted(lease const& ended);
    void cancel_one_shots();
    static boost::asio::awaitable<void>
        keep_external_address(std::shared_ptr<state>, outing<inquiry>, address_handler);
    static boost::asio::awaitable<void>
        keep_map(std::shared_ptr<state>, outing<map_errand>, map_handler);
    static boost::asio::awaitable<void>
        keep_unmap(std::shared_ptr<state>, outing<unmap_errand>, run_handler);
    bool is_ours(table_entry const&, gateway_view const&) const;
    static boost::asio::awaitable<void>
        keep_list(std::shared_ptr<state>, outing<table_errand>, list_handler);
    static boost::asio::awaitable<void>
        keep_survey(std::shared_ptr<state>, outing<inquiry>, std::shared_ptr<survey>, std::size_t);

    /// Counting what is left copies the table: not after each of ten thousand answers.
    static constexpr std::chrono::milliseconds count_pause{50};

    boost::asio::any_io_executor executor_;
    secret secret_;
    std::vector<dialect_hint> hints_;
    /// Of one-shots. The engine must not hear of them: it would release what nobody wants.
    std::vector<remembered_lease> granted_;
    std::vector<std::weak_ptr<net::one_shot>> one_shots_;
    /// By which something was mapped that still stands; for the next mapping, or for a run.
    links left_links_;
    engine engine_;
    std::vector<gateway_settings> gateways_ = {gateway_settings{}};
    /// Nothing where they are in force.
    std::optional<move> move_;
    std::vector<mapping> mappings_;
    std::chrono::milliseconds release_timeout_;
    std::function<void(notice const&)> notice_handler_;
    std::function<void(memory const&)> memory_handler_;
    net::packet_handler packet_handler_;
    std::map<std::tuple<notice_kind, std::string, address_family>, error_code> missing_;

    net::event_queue events_;
    /// Comes when a wait for an event has something to look at.
    net::bell reader_;
    /// 0: nobody waits.
    operation_number wait_ = 0;
    bool wait_cancelled_ = false;

    /// Comes when the loops of a run have ended.
    net::bell run_over_;
    operation_number run_ = 0;
    operation_number operations_ = 0;

    phase phase_ = phase::idle;
    bool has_run_ = false;
    error_code outcome_;
    std::size_t loops_ = 0;
    time_point release_deadline_ = time_point::max();
    /// When what has not been sent yet is sent without waiting for answers.
    time_point hurries_at_ = time_point::max();
    /// Until when those are waited for, too, who have never answered.
    time_point unheard_until_;
    /// Mappings that are not known to be released, and when to count them again.
    std::size_t unreleased_ = 0;
    time_point count_again_at_;
    /// Until when what was said last is waited for; `max()`: not all is released.
    time_point farewell_until_ = time_point::max();

    std::unique_ptr<net::boot_timer> alarm_;
    std::unique_ptr<net::boot_timer> retry_;
    std::chrono::seconds retry_pause_{};
    std::unique_ptr<net::route_monitor> monitor_;
    /// As they were last read.
    net::route_snapshot routes_;
    links links_;
    std::map<link_key, std::shared_ptr<net::search_socket>> searches_;
    std::set<std::shared_ptr<net::http_exchange>> exchanges_;
    /// For notifications, by their gateways.
    std::map<link_key, std::shared_ptr<net::event_listener>> notified_at_;
    listeners listeners_;
    net::unwritten_bytes buffer_{net::receive_buffer_size};
};

/// False: it is none of them.
bool put_first(std::vector<dialect_id>& protocols, dialect_id one);

} // namespace pmp
