// SPDX-License-Identifier: MIT
#include "home.hpp"

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

std::size_t renew(home& home, std::string_view mapping) {
    auto const found = home.h.engine().renew(mapping, home.w.now());
    home.h.drain();
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(renewing)

BOOST_AUTO_TEST_CASE(asks_for_a_held_lease_at_once) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(3));
        home.w.run_for(1min);
        auto const before = home.count(protocols.front(), request_kind::map);

        auto const found = renew(home, "udp-8001");
        home.w.run_for(1s);

        BOOST_TEST(found == 1U);
        BOOST_TEST(home.count(protocols.front(), request_kind::map) == before + 1);
        BOOST_TEST(home.h.count(event_kind::renewed, "udp-8001") == 1U);
        BOOST_TEST(home.h.count(event_kind::renewed) == 1U);
        BOOST_TEST(home.h.holds_all());
    }
}

BOOST_AUTO_TEST_CASE(asks_for_each_where_none_is_named) {
    home home;
    home.hold(mappings(30));
    home.w.run_for(1min);

    auto const found = renew(home, {});
    home.w.run_for(5s);

    BOOST_TEST(found == 30U);
    BOOST_TEST(home.h.count(event_kind::renewed) == 30U);
}

BOOST_AUTO_TEST_CASE(asks_again_at_once_while_it_waits) {
    home home;
    home.speak(only_pcp);
    home.gw.set(vice::refuses, 8, 1800);
    home.h.wants(mappings(2));
    home.w.run_for(10s);
    BOOST_TEST_REQUIRE((home.h.state_of("udp-8001") == lease_state::waiting), home.h.history());
    home.gw.clear(vice::refuses);

    renew(home, "udp-8001");
    home.w.run_for(1s);

    BOOST_TEST(home.h.holds("udp-8001"), home.h.history());
}

BOOST_AUTO_TEST_CASE(repeated_at_once_asks_once_more_at_most) {
    home home;
    home.hold(mappings(1));
    home.w.run_for(1min);
    auto const begin = home.w.now();

    for (int i = 0; i < 30; ++i) {
        renew(home, "tcp-8000");
        home.w.run_for(100ms);
    }

    BOOST_TEST(home.requests_since(begin).size() == 1U);
    home.w.run_for(1min);
    BOOST_TEST(home.requests_since(begin).size() == 2U);
}

BOOST_AUTO_TEST_CASE(repeated_soon_asks_as_soon_as_it_may) {
    home home;
    home.hold(mappings(1));
    home.w.run_for(1min);
    auto const begin = home.w.now();

    renew(home, "tcp-8000");
    home.w.run_for(2s);
    renew(home, "tcp-8000");
    home.w.run_for(3s);

    BOOST_TEST(home.requests_since(begin).size() == 2U);
}

BOOST_AUTO_TEST_CASE(asks_a_silent_gateway_no_more_often_than_every_four_seconds) {
    home home;
    home.hold(mappings(1));
    home.w.run_for(1min);
    home.gw.switch_on(false);
    auto const before = home.h.traffic().sent;

    for (int i = 0; i < 60; ++i) {
        renew(home, "tcp-8000");
        home.w.run_for(1s);
    }

    BOOST_TEST(home.h.traffic().sent - before <= 16U);
    BOOST_TEST(home.h.traffic().sent - before >= 12U);
    BOOST_TEST(home.h.holds_all());
}

BOOST_AUTO_TEST_CASE(asks_nobody_where_there_is_no_gateway) {
    home home;
    home.h.sees(std::vector<gateway_view>{});
    home.h.wants(mappings(1));

    auto const found = renew(home, "tcp-8000");
    home.w.run_for(1s);

    BOOST_TEST(found == 1U);
    BOOST_TEST(home.h.traffic().sent == 0U);
}

BOOST_AUTO_TEST_CASE(of_a_mapping_that_is_not_wanted_does_nothing) {
    home home;
    home.hold(mappings(1));
    home.w.run_for(1min);
    auto const begin = home.w.now();

    auto const found = renew(home, "ssh");
    home.w.run_for(1s);

    BOOST_TEST(found == 0U);
    BOOST_TEST(home.requests_since(begin).empty());
}

BOOST_AUTO_TEST_SUITE_END()
