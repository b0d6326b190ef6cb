// SPDX-License-Identifier: MIT
#pragma once

#include "support/printers.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace pmp::test {

inline std::vector<dialect_id> const only_igd{dialect_id::igd};
inline std::vector<dialect_id> const protocols_of_datagrams{dialect_id::pcp, dialect_id::nat_pmp};
inline std::vector<dialect_id> const all_dialects{
    dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd};

/// A gateway with UPnP, and one host that may use it.
struct upnp_home {
    /// `spoken` by the gateway, `allowed` to the host, best first.
    explicit upnp_home(
        std::vector<dialect_id> const& spoken = only_igd,
        std::vector<dialect_id> const& allowed = only_igd,
        unsigned version = 1,
        engine_settings settings = {}
    )
        : gw(w.add_gateway(options_of(spoken, version))), h(w.add_host("192.168.1.10", settings)) {
        h.sees({view_of(gw, "192.168.1.10", "default", allowed)});
    }

    static gateway_options options_of(std::vector<dialect_id> const& spoken, unsigned version) {
        gateway_options out;
        out.protocols = spoken;
        out.uptime = std::chrono::hours(24);
        out.igd_version = version;
        return out;
    }

    void hold(std::vector<mapping> const& wishes) {
        h.wants(wishes);
        w.run_for(std::chrono::seconds(10));
        BOOST_TEST_REQUIRE(h.holds_all(), h.history());
    }

    lease the_lease(std::string const& name = "tcp-8000") const {
        return h.lease_of(name).value_or(lease{});
    }

    /// An entry that another host has made.
    void occupy(std::uint16_t port) {
        gateway_mapping foreign;
        foreign.protocol = static_cast<std::uint8_t>(transport::tcp);
        foreign.internal = {boost::asio::ip::make_address("192.168.1.66"), port};
        foreign.external = {boost::asio::ip::make_address("203.0.113.7"), port};
        foreign.via = dialect_id::igd;
        foreign.expires = time_point::max();
        foreign.description = "nas";
        gw.put(foreign);
    }

    bool is_foreign(std::uint16_t port) const {
        auto const* found = gw.find_external(transport::tcp, port);
        return found != nullptr && found->description == "nas";
    }

    std::size_t count(request_kind kind, dialect_id via = dialect_id::igd) const {
        auto const& all = gw.exchanges();
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](auto const& e) {
            return e.kind == kind && e.via == via;
        }));
    }

    /// What the gateway has granted, in its order: lifetimes in seconds.
    std::vector<std::uint32_t> lifetimes_asked() const {
        std::vector<std::uint32_t> out;
        for (auto const& e : gw.exchanges()) {
            if (e.kind == request_kind::map && e.via == dialect_id::igd) {
                out.push_back(e.lifetime);
            }
        }
        return out;
    }

    /// One line a request, for the output of a failed test.
    std::string requests() const {
        std::string out;
        for (auto const& e : gw.exchanges()) {
            auto const at = std::chrono::duration<double>(e.at - (w.now() - w.elapsed())).count();
            out += std::to_string(at) + ' ' + to_string(e) + '\n';
        }
        return out + h.history();
    }

    world w{1};
    simulated_gateway& gw;
    host& h;
};

} // namespace pmp::test
