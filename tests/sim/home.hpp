// SPDX-License-Identifier: MIT
#pragma once

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace pmp::test {

inline std::vector<dialect_id> const only_pcp{dialect_id::pcp};
inline std::vector<dialect_id> const only_nat_pmp{dialect_id::nat_pmp};

/// `count` mappings from port 8000 on, TCP and UDP in turn.
inline std::vector<mapping> mappings(unsigned count) {
    std::vector<mapping> all;
    for (unsigned i = 0; i < count; ++i) {
        auto const port = static_cast<std::uint16_t>(8000 + i);
        all.push_back(i % 2 == 0 ? tcp(port) : udp(port));
    }
    return all;
}

/// One gateway and one host.
struct home {
    explicit home(std::uint64_t seed = 1) : w(seed) {}

    /// Both the gateway and the host know these alone.
    void speak(std::vector<dialect_id> const& protocols) {
        gw.set_protocols(protocols);
        h.sees({view_of(gw, "192.168.1.10", "default", protocols)});
    }

    void hold(std::vector<mapping> const& wishes) {
        h.wants(wishes);
        w.run_for(std::chrono::seconds(5));
        BOOST_TEST_REQUIRE(h.holds_all(), h.history());
    }

    /// `tcp-8000 203.0.113.7:8000` ...
    std::set<std::string> assigned() const {
        std::set<std::string> out;
        for (auto const& l : h.leases()) {
            out.insert(l.mapping + " " + to_string(l.assigned));
        }
        return out;
    }

    std::size_t count(dialect_id via, request_kind kind) const {
        auto const& all = gw.exchanges();
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](auto const& e) {
            return e.via == via && e.kind == kind;
        }));
    }

    /// Requests that the gateway saw since `begin`.
    std::vector<exchange> requests_since(time_point begin) const {
        std::vector<exchange> out;
        auto const& all = gw.exchanges();
        std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](auto const& e) {
            return e.at >= begin;
        });
        return out;
    }

    world w;
    simulated_gateway& gw = w.add_gateway("192.168.1.1");
    host& h = w.add_host("192.168.1.10", gw);
};

} // namespace pmp::test
