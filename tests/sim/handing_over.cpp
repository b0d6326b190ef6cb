// SPDX-License-Identifier: MIT
#include "home.hpp"

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// A home whose leases were granted to an engine that has ended, and are handed to the next.
struct relay : home {
    explicit relay(std::vector<dialect_id> const& protocols, std::vector<mapping> const& wishes) {
        speak(protocols);
        hold(wishes);
        leases = h.leases();
        h.sees(std::vector<gateway_view>());
        w.run_for(1s);
        events_before = h.events().size();
    }

    void hand_over() {
        h.engine().take_over(leases);
        begin = w.now();
        h.sees({view_of(gw, "192.168.1.10", "default", spoken)});
        w.run_for(2s);
    }

    void speak(std::vector<dialect_id> const& protocols) {
        spoken = protocols;
        home::speak(protocols);
    }

    std::vector<dialect_id> spoken;
    std::vector<lease> leases;
    std::size_t events_before = 0;
    time_point begin;
};

} // namespace

BOOST_AUTO_TEST_SUITE(handing_over)

BOOST_AUTO_TEST_CASE(what_another_engine_was_granted_is_held_and_not_asked_for) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        relay home(protocols, mappings(4));

        home.hand_over();
        home.w.run_for(1min);

        BOOST_TEST(home.h.holds_all(), home.h.history());
        BOOST_TEST(home.requests_since(home.begin).empty());
        BOOST_TEST(home.h.events().size() > home.events_before);
    }
}

BOOST_AUTO_TEST_CASE(it_is_renewed_in_its_time) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        relay home(protocols, mappings(2));
        home.hand_over();
        auto const expiry = home.leases.front().expires;

        home.w.run_for(2h);

        BOOST_TEST(home.h.holds_all(), home.h.history());
        BOOST_CHECK(home.h.lease_of("tcp-8000")->expires > expiry);
        BOOST_TEST(home.h.count(event_kind::changed) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_gateway_that_restarts_after_that_is_noticed) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        relay home(protocols, mappings(2));
        home.hand_over();
        home.w.run_for(1min);

        home.gw.reboot(reboot_kind::forgets);
        home.w.run_for(1min);

        BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 1U);
        BOOST_TEST(home.h.holds_all(), home.h.history());
        BOOST_TEST(home.gw.table().size() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(it_is_released_like_any_other) {
    relay home(only_pcp, mappings(2));
    home.hand_over();

    home.h.wants({});
    home.w.run_for(5s);

    BOOST_TEST(home.gw.table().size() == 0U);
    BOOST_TEST(home.h.count(event_kind::released) == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_of_no_use_here_is_asked_for) {
    struct {
        char const* what;
        void (*spoil)(lease&);
    } const cases[] = {
        {"another gateway's",
         [](lease& l) { l.gateway.address = boost::asio::ip::make_address("192.168.1.2"); }},
        {"another host's",
         [](lease& l) { l.internal.address = boost::asio::ip::make_address("192.168.1.11"); }},
        {"another protocol's", [](lease& l) { l.protocol = transport::udp; }},
        {"over", [](lease& l) { l.expires = l.acquired; }},
        {"of no gateway", [](lease& l) { l.via = dialect_id::direct; }},
    };
    for (auto const& each : cases) {
        BOOST_TEST_CONTEXT(each.what) {
            relay home(only_pcp, mappings(1));
            each.spoil(home.leases.front());

            home.hand_over();

            BOOST_TEST(home.h.holds_all(), home.h.history());
            BOOST_TEST(home.requests_since(home.begin).size() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(another_port_than_the_exact_one_is_not_taken_over) {
    relay home(only_pcp, mappings(1));
    auto exact = tcp(8000, 9000);
    exact.exact = true;
    home.h.wants({exact});

    home.hand_over();

    BOOST_TEST(home.requests_since(home.begin).size() >= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
