// SPDX-License-Identifier: MIT
#pragma once

#include "support/host.hpp"
#include "support/network.hpp"
#include "support/simulated_gateway.hpp"
#include "support/timeline.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace pmp::test {

/// Virtual time, a network, gateways and hosts, all from one seed.
///
///     world w{1};
///     auto& gw = w.add_gateway("192.168.1.1");
///     auto& h = w.add_host("192.168.1.10", gw);
///     h.wants({udp(51820)});
///     w.run_for(1s);
///     BOOST_TEST(h.holds("udp-51820"), h.history());
class world {
public:
    explicit world(std::uint64_t seed);

    /// Has been up for a day. Segment 1 is `eth0`, 2 is `eth1` and so on.
    simulated_gateway& add_gateway(std::string const& address, unsigned segment = 1);
    simulated_gateway& add_gateway(gateway_options const&, unsigned segment = 1);
    /// With a secret of its own.
    host& add_host(std::string const& address, simulated_gateway const&, engine_settings = {});
    /// Sees no gateway yet.
    host& add_host(std::string const& address, engine_settings = {});

    void run_for(std::chrono::nanoseconds);
    /// True once `reached()`, which is asked after each thing that happens; false where it takes
    /// longer than `limit`.
    bool run_until(std::function<bool()> const& reached, std::chrono::nanoseconds limit);
    /// From now on.
    void after(std::chrono::nanoseconds, std::function<void()> action);

    time_point now() const { return timeline_.now(); }
    /// Since the start.
    std::chrono::nanoseconds elapsed() const { return timeline_.elapsed(); }
    random_source& random() { return timeline_.random(); }
    pmp::test::network& net() { return network_; }
    std::uint64_t trace_hash() const { return timeline_.trace_hash(); }

    std::vector<std::unique_ptr<simulated_gateway>> const& gateways() const { return gateways_; }
    std::vector<std::unique_ptr<host>> const& hosts() const { return hosts_; }
    /// Leases that a running host reports held and no gateway has; one line each.
    std::string broken_promises() const;

private:
    timeline timeline_;
    pmp::test::network network_;
    std::vector<std::unique_ptr<simulated_gateway>> gateways_;
    std::vector<std::unique_ptr<host>> hosts_;
};

} // namespace pmp::test
