// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// What a run leaves behind that ends before it has heard what it asked for.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// Until the gateway has an entry whose answer is still on its way.
void make_slowly(upnp_home& at, bool permanent) {
    if (permanent) {
        at.gw.set(vice::permanent_only);
    }
    at.gw.set(vice::http_slow, 20);
    at.h.wants({tcp(8000)});
    while (at.gw.table().empty()) {
        at.w.run_for(10ms);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_memory)

BOOST_AUTO_TEST_CASE(what_was_being_made_when_a_run_was_killed_is_deleted_by_the_next) {
    for (auto const permanent : {true, false}) {
        upnp_home at;
        make_slowly(at, permanent);
        at.h.crash();

        at.h.start();
        at.h.wants({});
        at.w.run_for(10min);

        BOOST_TEST(at.gw.table().empty(), at.requests());
        BOOST_TEST(at.h.remembers().leases.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_is_given_up_while_it_is_being_made_is_forgotten_once_it_is_deleted) {
    for (auto const permanent : {true, false}) {
        upnp_home at;
        make_slowly(at, permanent);
        at.h.wants({});

        at.w.run_for(10min);

        BOOST_TEST(at.gw.table().empty(), at.requests());
        BOOST_TEST(at.h.remembers().leases.empty());
        BOOST_TEST(at.h.engine().standings().empty());
    }
}

BOOST_AUTO_TEST_CASE(what_was_being_made_when_a_run_was_killed_is_held_by_one_that_wants_it) {
    upnp_home at;
    make_slowly(at, true);
    at.h.crash();

    at.h.start();
    at.w.run_for(10min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
}

BOOST_AUTO_TEST_CASE(what_may_not_be_asked_by_upnp_any_more_is_remembered_until_it_may) {
    upnp_home at(all_dialects);
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000)});
    at.h.crash();

    at.h.sees({view_of(at.gw, "192.168.1.10", "default", protocols_of_datagrams)});
    at.h.wants({});
    at.h.start();
    at.w.run_for(10min);
    BOOST_TEST(at.h.remembers().leases.size() == 1U, at.requests());
    BOOST_TEST(at.h.engine().standings().empty(), at.requests());
    at.h.sees({view_of(at.gw, "192.168.1.10", "default", all_dialects)});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
    BOOST_TEST(at.h.remembers().leases.empty());
}

BOOST_AUTO_TEST_CASE(what_the_next_run_wants_at_another_port_is_left_at_one_alone) {
    for (auto const unreadable : {false, true}) {
        upnp_home at;
        at.gw.set(vice::permanent_only);
        at.hold({tcp(8000)});
        at.h.crash();
        if (unreadable) {
            at.gw.set(vice::upnp_read_error, 401);
        }

        at.h.wants({tcp(8000, 9000)});
        at.h.start();
        at.w.run_for(1min);

        BOOST_TEST(at.h.holds_all(), at.requests());
        BOOST_TEST(at.gw.table().size() == 1U, at.requests());
        BOOST_TEST(at.gw.find_external(transport::tcp, 9000) != nullptr, at.requests());
    }
}

BOOST_AUTO_TEST_CASE(what_another_host_has_taken_over_in_between_is_left_alone) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000)});
    at.h.crash();
    at.gw.forget();
    at.occupy(8000);

    at.h.wants({tcp(8000, 9000)});
    at.h.start();
    at.w.run_for(1min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.is_foreign(8000), at.requests());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_was_given_another_name_is_the_same) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000), tcp(8001)});
    at.h.crash();
    auto kept = tcp(8001);
    kept.gateway = "home";

    at.h.wants({kept});
    at.h.sees({view_of(at.gw, "192.168.1.10", "home", only_igd)});
    at.h.start();
    at.w.run_for(1min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    BOOST_TEST(at.h.remembers().leases.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_two_gateways_have_in_common_is_not_taken_for_renamed) {
    upnp_home at;
    auto const other = view_of(at.gw, "192.168.1.10", "other", only_igd);
    auto at_other = tcp(8001);
    at_other.gateway = "other";
    at.h.sees({view_of(at.gw, "192.168.1.10", "default", only_igd), other});
    at.hold({tcp(8000), at_other});

    at.h.restart();
    at.w.run_for(1min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.table().size() == 2U, at.requests());
}

BOOST_AUTO_TEST_CASE(what_was_made_by_pcp_is_given_up_where_upnp_alone_is_spoken_by_now) {
    upnp_home at(protocols_of_datagrams, all_dialects);
    at.hold({tcp(8000), tcp(8001)});
    at.h.crash();
    at.gw.set_protocols(only_igd);

    at.h.start();
    at.h.wants({tcp(8001)});
    at.w.run_for(1min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease("tcp-8001").via == dialect_id::igd));
    BOOST_TEST(at.h.engine().standings().size() == 1U, at.h.history());
}

BOOST_AUTO_TEST_SUITE_END()
