// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// What becomes of leases that the gateway's own table does not show any more.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// A lease of PCP at a gateway whose epoch says nothing, and which has UPnP beside.
struct both : upnp_home {
    both() : upnp_home(all_dialects, all_dialects) {
        gw.set(vice::epoch_is_host_uptime);
        gw.set(vice::announces_nothing);
        hold({tcp(8000)});
        BOOST_TEST_REQUIRE((the_lease().via == dialect_id::pcp));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_read_back)

BOOST_AUTO_TEST_CASE(a_lease_of_pcp_that_is_lost_before_it_was_ever_seen_is_made_again) {
    both at;

    at.gw.forget();
    at.w.run_for(11min);

    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_table_that_never_shows_leases_of_pcp_makes_no_storm) {
    both at;
    at.gw.set(vice::upnp_read_error, 714);
    auto const before = at.count(request_kind::map, dialect_id::pcp);

    at.w.run_for(55min);

    // One try, and no renewal is due before an hour has passed.
    BOOST_TEST(at.count(request_kind::map, dialect_id::pcp) == before + 1, at.requests());
    BOOST_TEST((at.the_lease().verified == verification::none));
}

BOOST_AUTO_TEST_CASE(what_was_gone_from_the_table_is_told_to_be_made_again) {
    both at;
    at.w.run_for(11min);
    BOOST_TEST_REQUIRE((at.the_lease().verified == verification::read_back), at.requests());

    at.gw.forget();
    at.w.run_for(11min);

    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    BOOST_TEST_REQUIRE(at.h.count(event_kind::renewed) == 1U, at.h.history());
    BOOST_TEST(at.h.last(event_kind::renewed)->recovered);
}

BOOST_AUTO_TEST_CASE(a_lease_that_vanishes_again_and_again_becomes_permanent) {
    upnp_home at;
    at.gw.set(vice::announces_nothing);
    at.hold({tcp(8000)});

    for (auto i = 0; i < 3; ++i) {
        BOOST_TEST(!at.the_lease().permanent);
        at.gw.forget();
        at.w.run_for(11min);
    }

    BOOST_TEST(at.the_lease().permanent, at.requests());
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_lease_that_vanishes_now_and_then_stays_one_that_ends) {
    upnp_home at;
    at.gw.set(vice::announces_nothing);
    at.hold({tcp(8000)});

    for (auto i = 0; i < 5; ++i) {
        at.gw.forget();
        at.w.run_for(21min);
    }

    BOOST_TEST(!at.the_lease().permanent, at.requests());
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_CASE(restarts_do_not_make_leases_permanent) {
    upnp_home at;
    at.gw.set(vice::announces_nothing);
    at.hold({tcp(8000)});

    for (auto i = 0; i < 5; ++i) {
        at.gw.reboot();
        at.w.run_for(11min);
    }

    BOOST_TEST(!at.the_lease().permanent, at.requests());
}

BOOST_AUTO_TEST_CASE(version_2_that_drops_what_ends_is_asked_for_what_does_not) {
    upnp_home at(only_igd, only_igd, 2);
    at.gw.set(vice::drops_leases);

    at.hold({tcp(8000)});

    BOOST_TEST(at.lifetimes_asked().back() == 0U, at.requests());
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_CASE(a_failure_of_upnp_is_told_as_one_of_upnp) {
    upnp_home at(only_igd, all_dialects);
    at.gw.set(vice::refuses, 501);

    at.h.wants({tcp(8000)});
    at.w.run_for(1min);

    BOOST_TEST_REQUIRE(at.h.count(event_kind::refused) >= 1U, at.requests());
    BOOST_TEST((at.h.last(event_kind::refused)->via == dialect_id::igd), at.h.history());
}

BOOST_AUTO_TEST_CASE(a_table_that_hides_what_was_made_does_not_keep_it) {
    upnp_home at;
    at.gw.set(vice::upnp_read_error, 714);
    at.h.wants({tcp(8000)});
    at.w.run_for(10s);
    BOOST_TEST_REQUIRE(at.gw.table().size() == 1U, at.requests());

    at.h.wants({});
    at.w.run_for(10s);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
