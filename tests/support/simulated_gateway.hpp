// SPDX-License-Identifier: MIT
#pragma once

#include "support/gateway_simulator.hpp"
#include "support/network.hpp"
#include "support/timeline.hpp"

#include <pmp/lease.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace pmp::test {

/// A gateway simulator on a simulated network: the same verbs, without the time.
class simulated_gateway final : public network_node {
public:
    simulated_gateway(timeline&, network&, unsigned segment, gateway_options const&);
    ~simulated_gateway() override;

    ip_address const& address() const { return simulator_.options().address; }
    unsigned segment() const { return segment_; }

    void reboot(reboot_kind = reboot_kind::forgets, std::chrono::nanoseconds down = {});
    void announce();
    void set_external_address(std::string const&);
    void set_protocols(std::vector<dialect_id>);
    void forget();
    void set(vice);
    void set(vice, std::int64_t number, std::optional<std::int64_t> lifetime = {});
    void clear(vice);
    /// Its port answers with ICMP port unreachable.
    void close_port(bool closed = true) { port_closed_ = closed; }
    /// Off: like one that was unplugged; nothing is forgotten.
    void switch_on(bool on = true);

    /// True where it has this very mapping now: protocol, internal endpoint and external port.
    bool holds(lease const&) const;
    /// Its mapping of that external port, whoever owns it.
    gateway_mapping const* find_external(transport, std::uint16_t port) const;
    /// Makes a mapping of somebody else.
    void put(gateway_mapping);
    gateway_mapping const* find(transport, std::string const& address, std::uint16_t port) const;
    std::vector<gateway_mapping> table() const { return simulator_.table(); }
    gateway_statistics const& statistics() const { return simulator_.statistics(); }
    std::uint32_t epoch(dialect_id) const;
    /// The newest ones.
    std::deque<exchange> const& exchanges() const { return exchanges_; }
    void remember_exchanges(std::size_t count) { capacity_ = count; }

    gateway_simulator const& simulator() const { return simulator_; }

    bool receive(packet const&, unsigned segment) override;
    stream_answer converse(stream_request const&, unsigned segment) override;

private:
    void drain();
    void wake();
    void notify(igd_notify const&);

    timeline& timeline_;
    network& network_;
    unsigned segment_;
    gateway_simulator simulator_;
    std::deque<exchange> exchanges_;
    std::size_t capacity_ = 10'000;
    bool port_closed_ = false;
    time_point armed_ = time_point::max();
};

} // namespace pmp::test
