// SPDX-License-Identifier: MIT
#pragma once

#include "support/network.hpp"
#include "support/simulated_gateway.hpp"
#include "support/timeline.hpp"

#include <pmp/engine.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pmp::test {

/// Mappings named `tcp-8080`, `udp-51820`. The suggested port is the internal one where none is
/// given.
mapping tcp(std::uint16_t internal, std::optional<std::uint16_t> suggested = {});
mapping udp(std::uint16_t internal, std::optional<std::uint16_t> suggested = {});

/// What a host whose address is `internal` sees of a gateway.
gateway_view view_of(
    simulated_gateway const&,
    std::string const& internal,
    std::string const& name = "default",
    std::vector<dialect_id> protocols = {dialect_id::pcp, dialect_id::nat_pmp}
);

struct host_traffic {
    std::size_t sent = 0;
    std::size_t received = 0;
    /// Most datagrams sent within one minute of the clock.
    std::size_t busiest_minute = 0;
    /// UPnP: searches sent and connections opened.
    std::size_t searches = 0;
    std::size_t fetches = 0;
    /// NOTIFYs that were heard.
    std::size_t notifications = 0;
    /// By `ignore_reason`.
    std::array<std::size_t, 3> ignored{};
};

/// An engine and what surrounds it in a program: sockets, a timer and a network view, all of them
/// simulated. After each input it drains the engine and holds it to these laws, throwing
/// `law_broken`: `poll()` comes to an end, `wake_at()` lies ahead, datagrams go to port 5351 of a
/// gateway in view and nowhere else, not too many of them, of version 0 or 2, and none deletes all
/// mappings. Searches go to the group of SSDP and to the gateway, connections to the gateway
/// alone and one at a time.
class host final : public network_node {
public:
    host(timeline&, network&, ip_address address, engine_settings, memory);
    ~host() override;

    /// The whole set, every time.
    void wants(std::vector<mapping>);
    /// All gateways, every time. A gateway that stays keeps its socket.
    void sees(std::vector<gateway_view>);
    /// That one alone, as `default`, from this host's address.
    void sees(simulated_gateway const&);

    /// Ends without a word, as by `kill -9`; what the engine remembers is saved.
    void crash();
    /// A new engine with what was saved, the same wishes and view. Its sockets are new.
    void start();
    void restart();
    /// Wants nothing, waits as long as `grace` for deletions to be confirmed, hurries what is left,
    /// and is off. Its wishes are kept for the next `start()`.
    void stop(std::chrono::nanoseconds grace = std::chrono::seconds{2});
    /// Sleeps: no timer fires and datagrams are lost until it wakes up.
    void suspend(std::chrono::nanoseconds);
    bool is_running() const { return engine_.has_value(); }
    bool is_asleep() const { return asleep_; }

    ip_address const& address() const { return address_; }
    std::vector<mapping> const& wishes() const { return wishes_; }
    /// True in the states `held` and `renewing`.
    bool holds(std::string_view mapping) const;
    bool holds_all() const;
    std::optional<pmp::lease> lease_of(std::string_view mapping) const;
    std::optional<lease_state> state_of(std::string_view mapping) const;
    std::optional<standing> standing_of(std::string_view mapping) const;
    /// Those that are `held` or `renewing`.
    std::vector<pmp::lease> leases() const;

    std::vector<event> const& events() const { return events_; }
    std::size_t count(event_kind, std::string_view mapping = {}) const;
    std::optional<event> last(event_kind, std::string_view mapping = {}) const;
    /// One line an event, for the output of a failed test.
    std::string history() const;
    host_traffic const& traffic() const { return traffic_; }

    /// Runs. Inputs given to it directly are followed by `drain()`.
    pmp::engine& engine() { return *engine_; }
    void drain();
    /// What the next `start()` begins with, while it is off.
    memory& saved() { return saved_; }
    /// What it knows, on or off.
    memory remembers() const { return engine_ ? engine_->remembers() : saved_; }

    bool receive(packet const&, unsigned segment) override;
    void unreachable(packet const&, unsigned segment) override;
    stream_answer converse(stream_request const&, unsigned segment) override;

private:
    struct socket {
        gateway_view view;
        endpoint local;
        /// Port 0 where UPnP is not allowed.
        endpoint search;
        /// Of its listener for notifications; port 0: there is none.
        endpoint notified;
        /// Connections that stand.
        std::size_t fetches = 0;
    };

    /// Name of the gateway, and the address to which it is bound.
    using socket_key = std::pair<std::string, ip_address>;

    void update_sockets();
    std::uint16_t draw_port();
    bool advertised(packet const&, inbound_datagram);
    void fetched(fetch const&, stream_result const&);
    void report(fetch_result const&);
    socket& socket_of(socket_key const&, char const* does);
    void perform(outbound_datagram const&);
    void perform(outbound_search const&);
    void perform(fetch const&);
    void perform(listen_request const&);
    void perform(event const&);
    void poll_until_empty();
    void check(wire::bytes const&) const;
    void count_sent();
    void count_exchange();
    void arm();
    void wake();
    [[noreturn]] void broken(std::string const& what) const;

    timeline& timeline_;
    network& network_;
    ip_address address_;
    engine_settings settings_;
    memory saved_;
    std::optional<pmp::engine> engine_;
    std::vector<mapping> wishes_;
    std::size_t most_wishes_ = 0;
    std::vector<gateway_view> views_;
    std::map<socket_key, socket> sockets_;
    std::vector<event> events_;
    host_traffic traffic_;
    std::int64_t minute_ = 0;
    std::size_t sent_in_minute_ = 0;
    std::int64_t exchange_minute_ = 0;
    std::size_t exchanges_in_minute_ = 0;
    bool asleep_ = false;
    bool hurried_ = false;
    unsigned sleeps_ = 0;
    unsigned stops_ = 0;
    unsigned lives_ = 0;
    time_point armed_ = time_point::max();
};

} // namespace pmp::test
