// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// What is to be renewed and refused stands as it is: no other port is taken for it.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

void check_that_nothing_moved(upnp_home const& at) {
    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.requests());
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.requests());
    BOOST_TEST(at.gw.table().size() == at.h.wishes().size(), at.requests());
}

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_renewing)

BOOST_AUTO_TEST_CASE(a_renewal_that_fails_once_loses_nothing) {
    for (auto const code : {501, 603, 606, 718, 729}) {
        upnp_home at;
        at.hold({tcp(8000)});
        at.w.run_for(25min);
        at.gw.set(vice::refuses, code);
        at.w.run_for(15min);
        BOOST_TEST_REQUIRE(at.h.count(event_kind::refused) > 0U, code << '\n' << at.requests());

        at.gw.clear(vice::refuses);
        at.w.run_for(20min);

        BOOST_TEST_CONTEXT("error " << code) {
            BOOST_TEST(at.h.holds_all(), at.requests());
            BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
            BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
            BOOST_TEST(at.gw.table().size() == 1U, at.requests());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pair_is_not_parted_by_it) {
    upnp_home at;
    auto first = tcp(8000);
    auto second = udp(8000);
    first.paired = second.paired = true;
    at.hold({first, second});
    at.w.run_for(25min);
    at.gw.set(vice::refuses, 501);
    at.w.run_for(15min);
    at.gw.clear(vice::refuses);

    at.w.run_for(2h);

    check_that_nothing_moved(at);
    BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
}

BOOST_AUTO_TEST_CASE(it_is_tried_again_before_the_lease_ends) {
    upnp_home at;
    auto wish = tcp(8000);
    wish.lifetime = 120s;
    wish.lifetime_chosen = true;
    at.hold({wish});
    at.w.run_for(50s);
    at.gw.set(vice::refuses, 501);
    at.w.run_for(30s);
    BOOST_TEST_REQUIRE(at.h.count(event_kind::refused) == 1U, at.requests());
    at.gw.clear(vice::refuses);

    at.w.run_for(10min);

    check_that_nothing_moved(at);
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_never_renewed_stands_until_it_ends) {
    upnp_home at;
    at.hold({tcp(8000)});
    at.gw.set(vice::refuses_renewals, 501);

    at.w.run_for(59min);
    check_that_nothing_moved(at);
    at.w.run_for(1h);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
}

BOOST_AUTO_TEST_CASE(what_does_not_end_stands_though_it_is_never_renewed) {
    for (auto const how : {vice::permanent_only, vice::lease_ignored}) {
        upnp_home at;
        at.gw.set(how);
        at.hold({tcp(8000)});
        at.gw.set(vice::refuses_renewals, 501);

        at.w.run_for(30h);

        BOOST_TEST_CONTEXT(describe(how).name) {
            check_that_nothing_moved(at);
            BOOST_TEST(at.the_lease().permanent, at.requests());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_can_be_neither_renewed_nor_deleted_does_not_move) {
    for (auto const permanent : {false, true}) {
        upnp_home at;
        at.gw.set(vice::conflict_with_own);
        if (permanent) {
            at.gw.set(vice::permanent_only);
        }
        at.hold({tcp(8000)});
        at.gw.set(vice::refuses_deletions, 501);

        at.w.run_for(55min);

        BOOST_TEST_CONTEXT((permanent ? "permanent" : "timed")) {
            check_that_nothing_moved(at);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_gone_when_it_is_to_be_renewed_may_move) {
    engine_settings never;
    never.verify = 0s;
    upnp_home at(only_igd, only_igd, 1, never);
    at.hold({tcp(8000)});
    at.gw.forget();
    at.occupy(8000);

    at.w.run_for(2h);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.the_lease().assigned.port != 8000U, at.requests());
    BOOST_TEST(at.is_foreign(8000));
}

BOOST_AUTO_TEST_SUITE_END()
