// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

// The whole set of wishes is told anew each time: only what differs may act.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

struct many : home {
    void hold_ten_thousand(std::vector<dialect_id> const& protocols) {
        speak(protocols);
        h.wants(wishes);
        w.run_for(3min);
        BOOST_TEST_REQUIRE(h.holds_all());
    }

    /// The internal ports of the requests for mappings since then, one for each request.
    std::multiset<unsigned> ports_since(time_point begin) const {
        std::multiset<unsigned> out;
        for (auto const& e : requests_since(begin)) {
            if (e.kind != request_kind::address) {
                out.insert(e.internal.port);
            }
        }
        return out;
    }

    /// Tells the wishes, and what the gateway was asked for within the next minute.
    std::multiset<unsigned> reload() {
        auto const begin = w.now();
        h.wants(wishes);
        w.run_for(1min);
        BOOST_TEST(h.holds_all());
        return ports_since(begin);
    }

    std::vector<mapping> wishes = mappings(10'000);
};

using ports = std::multiset<unsigned>;

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ports)

BOOST_FIXTURE_TEST_SUITE(reloading, home)

BOOST_AUTO_TEST_CASE(asks_for_the_one_of_ten_thousand_that_was_edited) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        many behind;
        behind.hold_ten_thousand(protocols);

        BOOST_TEST(behind.reload() == ports{});

        behind.wishes[4321].lifetime = 1h;
        BOOST_TEST(behind.reload() == ports{8000 + 4321});

        behind.wishes[1234].suggested.port = 40000;
        BOOST_TEST((behind.reload() == ports{8000 + 1234, 8000 + 1234}));

        behind.wishes[5].name = "renamed";
        BOOST_TEST(behind.reload() == ports{});

        behind.wishes.pop_back();
        BOOST_TEST(behind.reload() == ports{8000 + 9999});

        behind.wishes.push_back(tcp(22));
        BOOST_TEST(behind.reload() == ports{22});
    }
}

BOOST_AUTO_TEST_CASE(with_other_names_ends_the_old_ones_before_the_new_ones_begin) {
    home behind;
    auto wishes = mappings(3);
    behind.hold(wishes);
    std::swap(wishes[0].name, wishes[1].name);
    auto const before = behind.h.events().size();

    behind.hold(wishes);

    std::vector<std::string> told;
    for (auto at = before; at < behind.h.events().size(); ++at) {
        auto const& each = behind.h.events()[at];
        told.push_back(std::string(to_string(each.kind)) + ' ' + each.mapping);
        BOOST_TEST(each.lease->mapping == each.mapping);
    }
    std::vector<std::string> const expected{
        "released " + wishes[1].name,
        "released " + wishes[0].name,
        "acquired " + wishes[0].name,
        "acquired " + wishes[1].name};
    BOOST_TEST(told == expected, boost::test_tools::per_element());
    BOOST_TEST(behind.gw.table().size() == 3U);
}

BOOST_AUTO_TEST_CASE(in_the_middle_of_another_leaves_what_was_wished_last) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        for (auto const pause : {0ms, 1ms, 5ms, 50ms}) {
            home behind;
            behind.speak(protocols);
            behind.hold(mappings(50));

            for (unsigned const count : {10U, 70U, 0U, 30U, 60U}) {
                behind.h.wants(mappings(count));
                behind.w.run_for(pause);
            }
            behind.h.wants(mappings(40));
            behind.w.run_for(1min);

            BOOST_TEST(behind.h.holds_all(), behind.h.history());
            BOOST_TEST(behind.gw.table().size() == 40U, behind.h.history());
            BOOST_TEST(behind.w.broken_promises() == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(in_the_middle_of_a_release_keeps_the_ports) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home behind;
        behind.speak(protocols);
        behind.hold(mappings(50));
        auto const before = behind.assigned();

        behind.h.wants({});
        behind.w.run_for(3ms);
        behind.hold(mappings(50));

        BOOST_TEST(behind.assigned() == before, boost::test_tools::per_element());
        BOOST_TEST(behind.gw.table().size() == 50U);
    }
}

BOOST_AUTO_TEST_CASE(with_another_port_in_the_middle_of_a_release_gets_that_port) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home behind;
        behind.speak(protocols);
        behind.hold({tcp(22)});

        behind.h.wants({});
        behind.h.wants({tcp(22, 2222)});
        behind.h.wants({tcp(22, 2223)});
        behind.w.run_for(5s);

        BOOST_TEST_REQUIRE(behind.h.holds_all(), behind.h.history());
        BOOST_TEST(behind.h.lease_of("tcp-22")->assigned.port == 2223);
        BOOST_TEST(behind.gw.table().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(in_the_middle_of_a_change_of_gateway_asks_the_new_one_alone) {
    auto& other = w.add_gateway("192.168.2.1", 2);
    hold(mappings(20));
    auto const asked = gw.statistics().requests;

    h.wants(mappings(30));
    h.sees({view_of(other, "192.168.2.10")});
    h.wants(mappings(10));
    w.run_for(1min);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(other.table().size() == 10U);
    // What was on its way when the gateway changed.
    BOOST_TEST(gw.statistics().requests <= asked + 10U);
}

BOOST_AUTO_TEST_CASE(with_other_protocols_keeps_what_was_granted_by_one_that_is_still_allowed) {
    hold(mappings(10));
    auto const before = w.now();

    h.sees({view_of(gw, "192.168.1.10", "default", only_pcp)});
    w.run_for(5s);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(requests_since(before).empty());
    BOOST_TEST(h.count(event_kind::acquired) == 10U);
    w.run_for(24h);
    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(h.count(event_kind::lost) == 0U);
    BOOST_TEST(h.count(event_kind::gateway_found) == 1U);
}

BOOST_AUTO_TEST_CASE(with_other_protocols_asks_at_once_what_waits) {
    gw.set_protocols(only_nat_pmp);
    h.sees({view_of(gw, "192.168.1.10", "default", only_pcp)});
    h.wants(mappings(3));
    w.run_for(10min);
    BOOST_TEST_REQUIRE(!h.holds_all());

    h.sees({view_of(gw, "192.168.1.10", "default", only_nat_pmp)});
    w.run_for(5s);

    BOOST_TEST(h.holds_all(), h.history());
}

BOOST_AUTO_TEST_CASE(with_other_protocols_in_the_middle_of_a_request_loses_nothing) {
    h.wants(mappings(50));
    w.run_for(1ms);

    h.sees({view_of(gw, "192.168.1.10", "default", only_pcp)});
    w.run_for(10s);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(gw.table().size() == 50U);
}

BOOST_AUTO_TEST_CASE(while_there_is_no_gateway_asks_for_the_latest_wishes_later) {
    hold(mappings(20));

    h.sees(std::vector<gateway_view>{});
    h.wants(mappings(5));
    w.run_for(1min);
    h.wants(mappings(30));
    h.sees(gw);
    w.run_for(1min);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(gw.table().size() == 30U);
}

BOOST_AUTO_TEST_CASE(while_the_gateway_is_silent_leaves_nothing_behind) {
    hold(mappings(20));

    gw.set(vice::silent);
    h.wants(mappings(5));
    w.run_for(10s);
    h.wants(mappings(15));
    w.run_for(10s);
    gw.clear(vice::silent);
    w.run_for(30min);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_AUTO_TEST_SUITE_END()
