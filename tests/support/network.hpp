// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/stream.hpp"
#include "support/timeline.hpp"

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace pmp::test {

/// How datagrams fare on a path, in one direction. The shares are probabilities, 0 to 1.
struct path_conditions {
    std::chrono::nanoseconds delay = std::chrono::milliseconds{1};
    /// Up to this much is added.
    std::chrono::nanoseconds jitter{0};
    double loss = 0;
    double duplication = 0;
    /// Share that is held back behind what is sent within the next tenth of a second.
    double reordering = 0;
    /// Share in which one bit is flipped.
    double corruption = 0;
    bool blackhole = false;
};

/// One that can be attached to a network.
class network_node {
public:
    network_node() = default;
    virtual ~network_node() = default;
    network_node(network_node const&) = delete;
    network_node& operator=(network_node const&) = delete;

    /// False: nothing listens on that port, which its sender learns.
    virtual bool receive(packet const&, unsigned segment) = 0;
    /// A connection to it.
    virtual stream_answer converse(stream_request const&, unsigned /*segment*/) { return {}; }
    /// The port to which this node sent it is closed (ICMP).
    virtual void unreachable(packet const&, unsigned /*segment*/) {}
};

/// How long a client of a connection waits.
struct stream_limits {
    /// From the start until the connection stands.
    std::chrono::nanoseconds connect = std::chrono::seconds{5};
    /// From then until its end.
    std::chrono::nanoseconds whole = std::chrono::seconds{30};
};

/// What a client of a connection got.
struct stream_result {
    error_code error{};
    std::string bytes{};
};

enum class packet_fate : std::uint8_t {
    sent,
    lost,
    blackholed,
    nobody_there,
    port_closed,
    delivered
};

struct captured_packet {
    time_point at;
    packet_fate fate = packet_fate::sent;
    unsigned segment = 0;
    pmp::test::packet packet;
};

struct network_counts {
    std::size_t sent = 0;
    std::size_t delivered = 0;
    std::size_t lost = 0;
    std::size_t duplicated = 0;
    std::size_t reordered = 0;
    std::size_t corrupted = 0;
    std::size_t nobody_there = 0;
    std::size_t port_closed = 0;
};

/// Links hosts and gateways by numbered segments; one address can exist on several. What is sent to
/// a multicast group reaches every other node of the segment. Conditions may change at any time.
class network {
public:
    explicit network(timeline&);

    /// Takes the place of an earlier node of that address.
    void attach(unsigned segment, ip_address const&, network_node&);
    void detach(unsigned segment, ip_address const&);
    bool is_attached(unsigned segment, ip_address const&) const;

    void send(unsigned segment, packet);
    /// Opens a connection, says all that `request` has, and hears all that comes back until the
    /// connection ends. `done` is called once.
    void converse(
        unsigned segment,
        stream_request const&,
        stream_limits const&,
        std::function<void(stream_result)> done
    );

    /// Of every path that has none of its own.
    path_conditions& conditions() { return usual_; }
    /// Of one path and direction; starts as a copy of the usual ones.
    path_conditions& conditions(ip_address const& from, ip_address const& to);
    /// All paths have the usual conditions again.
    void forget_paths() { paths_.clear(); }

    network_counts const& counts() const { return counts_; }
    /// The newest ones, each as it was sent and as it ended.
    std::deque<captured_packet> const& captured() const { return captured_; }
    /// 0 switches capturing off.
    void capture_at_most(std::size_t count) { capacity_ = count; }

private:
    using place = std::pair<unsigned, ip_address>;

    void send_over_path(unsigned segment, packet const&, ip_address const& to);
    void deliver(unsigned segment, packet const&, ip_address const& to);
    std::chrono::nanoseconds retransmissions(path_conditions const&);
    void corrupt(packet&);
    void capture(packet_fate, unsigned segment, packet const&);
    path_conditions const& path(ip_address const& from, ip_address const& to) const;

    timeline& timeline_;
    std::map<place, network_node*> nodes_;
    path_conditions usual_;
    std::map<std::pair<ip_address, ip_address>, path_conditions> paths_;
    network_counts counts_;
    std::deque<captured_packet> captured_;
    std::size_t capacity_ = 10'000;
};

} // namespace pmp::test
