// SPDX-License-Identifier: MIT
#include "sim/home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

} // namespace

BOOST_AUTO_TEST_SUITE(releasing)

BOOST_AUTO_TEST_CASE(releases_everything_on_stop) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(50));

        home.h.stop();
        home.w.run_for(3s);

        BOOST_TEST(home.gw.table().empty());
        BOOST_TEST(home.h.count(event_kind::released) == 50U);
        BOOST_TEST(home.h.saved().leases.empty());
        BOOST_TEST(home.count(dialect_id::nat_pmp, request_kind::remove_all) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(sends_each_deletion_once_at_least_where_nothing_answers) {
    home home;
    home.hold(mappings(50));
    home.gw.set(vice::silent);
    auto const sent = home.h.traffic().sent;

    home.h.stop();
    home.w.run_for(3s);

    BOOST_TEST(home.h.traffic().sent >= sent + 50);
    BOOST_TEST(home.h.traffic().sent <= sent + 150);
    BOOST_TEST(home.h.saved().leases.size() == 50U);
}

BOOST_AUTO_TEST_CASE(tries_a_deletion_three_times) {
    home home;
    home.speak(only_pcp);
    home.hold(mappings(2));
    home.gw.set(vice::silent);
    auto const sent = home.h.traffic().sent;

    home.h.wants({tcp(8000)});
    home.w.run_for(10min);

    BOOST_TEST(home.h.traffic().sent == sent + 3);
    BOOST_TEST((home.h.last(event_kind::released)->error == fault::gateway_silent));
}

BOOST_AUTO_TEST_CASE(is_content_when_what_it_deletes_is_not_there) {
    home home;
    home.hold(mappings(2));
    home.gw.set(vice::no_resources_on_absent_delete);
    home.gw.forget();

    home.h.wants({});
    home.w.run_for(1s);

    BOOST_TEST(home.h.count(event_kind::released) == 2U);
    BOOST_TEST(!home.h.last(event_kind::released)->error);
}

BOOST_AUTO_TEST_CASE(tells_when_a_deletion_is_refused) {
    home home;
    home.speak(only_pcp);
    home.hold(mappings(1));
    home.gw.set(vice::refuses_deletions, 2, 600);

    home.h.wants({});
    home.w.run_for(1s);

    BOOST_TEST((home.h.last(event_kind::released)->error == pcp_result::not_authorized));
}

BOOST_AUTO_TEST_CASE(reload_touches_only_what_changed) {
    home home;
    home.hold({tcp(1), tcp(2), tcp(3), tcp(4)});
    auto const begin = home.w.now();
    auto renamed = tcp(4);
    renamed.name = "web";

    home.h.wants({tcp(1), tcp(3, 3333), renamed, tcp(5)});
    home.w.run_for(1min);

    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(home.h.lease_of("tcp-3")->assigned.port == 3333);
    std::multiset<std::string> seen;
    for (auto const& e : home.requests_since(begin)) {
        auto const verb = e.kind == request_kind::remove ? "remove " : "map ";
        seen.insert(verb + std::to_string(e.internal.port));
    }
    std::multiset<std::string> const expected{"remove 2", "remove 3", "map 3", "map 5"};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
    BOOST_TEST(home.h.holds("web"));
}

BOOST_AUTO_TEST_CASE(asks_for_a_port_only_after_the_mapping_that_had_it_is_gone) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold({tcp(22, 2222)});

        home.h.wants({tcp(23, 2222)});
        home.w.run_for(10s);

        BOOST_TEST(home.h.lease_of("tcp-23")->assigned.port == 2222, home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(takes_back_a_deletion_that_is_under_way) {
    home home;
    home.hold(mappings(1));
    home.h.wants({});
    home.h.wants(mappings(1));
    home.w.run_for(10s);

    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(home.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(asks_for_a_changed_lifetime_at_once) {
    home home;
    home.hold({tcp(1)});
    auto longer = tcp(1);
    longer.lifetime = 4h;

    home.h.wants({longer});
    home.w.run_for(1s);

    BOOST_TEST(home.h.lease_of("tcp-1")->lifetime.count() == 4 * 3600);
}

BOOST_AUTO_TEST_CASE(keeps_nonces_and_ports_over_a_crash) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.gw.set(vice::refuses_other_nonce);
        home.gw.set(vice::second_mapping_on_other_suggestion);
        home.gw.set(vice::grants_other_port);
        home.hold(mappings(10));
        home.gw.clear(vice::grants_other_port);
        auto const before = home.assigned();

        home.h.restart();
        home.w.run_for(10s);

        BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
        BOOST_TEST(home.gw.table().size() == 10U);
        BOOST_TEST(home.h.count(event_kind::refused) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(suggests_a_changed_wish_rather_than_what_it_remembers) {
    home home;
    home.hold({tcp(22, 2222)});
    home.h.crash();
    home.gw.forget();

    home.h.wants({tcp(22, 3333)});
    home.h.start();
    home.w.run_for(10s);

    BOOST_TEST(home.h.lease_of("tcp-22")->assigned.port == 3333, home.h.history());
}

BOOST_AUTO_TEST_CASE(deletes_what_an_earlier_run_left_and_nobody_wants) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(3));
        home.h.crash();
        home.w.run_for(1min);
        home.h.wants({tcp(8000)});

        home.h.start();
        home.w.run_for(10s);

        BOOST_TEST(home.gw.table().size() == 1U);
        BOOST_TEST(home.h.holds("tcp-8000"), home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_an_earlier_run_left_and_has_run_out) {
    home home;
    home.hold(mappings(3));
    home.h.crash();
    home.w.run_for(3h);
    home.h.wants({});
    auto const before = home.gw.statistics().requests;

    home.h.start();
    home.w.run_for(1min);

    BOOST_TEST(home.gw.statistics().requests == before);
}

BOOST_AUTO_TEST_CASE(deletes_what_was_granted_after_the_gateway_had_left_the_view) {
    for (auto const& protocols : {only_pcp, only_nat_pmp, std::vector{dialect_id::igd}}) {
        home at;
        at.speak(protocols);
        at.gw.set(vice::answers_late, 300);
        at.h.wants({tcp(8000)});
        BOOST_TEST_REQUIRE(at.w.run_until([&] { return !at.gw.table().empty(); }, 30s));
        at.h.sees(std::vector<gateway_view>{});
        at.w.run_for(10s);
        BOOST_TEST(at.gw.table().size() == 1U);
        at.h.wants({});

        at.gw.clear(vice::answers_late);
        at.speak(protocols);
        at.w.run_for(30s);

        BOOST_TEST(at.gw.table().empty(), at.h.history());
    }
}

BOOST_AUTO_TEST_CASE(takes_over_what_was_granted_after_the_gateway_had_left_the_view) {
    home at;
    at.speak(only_pcp);
    at.gw.set(vice::answers_late, 300);
    at.h.wants({tcp(8000)});
    at.w.run_for(100ms);
    at.h.sees(std::vector<gateway_view>{});
    at.w.run_for(10s);

    at.gw.clear(vice::answers_late);
    at.speak(only_pcp);
    at.w.run_for(5s);

    BOOST_TEST(at.h.holds_all(), at.h.history());
    BOOST_TEST(at.gw.table().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
