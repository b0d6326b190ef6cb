// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

// What UPnP gateways do to searches, to descriptions and to HTTP.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_quirks)

BOOST_AUTO_TEST_CASE(a_gateway_is_found_however_it_answers_to_searches) {
    for (auto const how :
         {vice::ssdp_other_port,
          vice::ssdp_multicast_only,
          vice::ssdp_unicast_only,
          vice::ssdp_root_only,
          vice::ssdp_all_only}) {
        upnp_home at;
        at.gw.set(how);

        at.h.wants({tcp(8000)});
        at.w.run_for(15s);

        BOOST_TEST(at.h.holds_all(), describe(how).name << '\n' << at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_description_of_another_host_is_not_fetched) {
    upnp_home at;
    at.gw.set(vice::foreign_location);
    at.h.wants({tcp(8000)});

    at.w.run_for(1min);

    BOOST_TEST(at.h.traffic().fetches == 0U);
    BOOST_TEST((at.h.last(event_kind::refused)->error == fault::foreign_address), at.h.history());
}

BOOST_AUTO_TEST_CASE(a_description_that_is_told_is_not_searched_for) {
    upnp_home at;
    auto view = view_of(at.gw, "192.168.1.10", "default", only_igd);
    view.description_url = "http://192.168.1.1:5000/igd/root.xml";
    at.h.sees({view});

    at.hold({tcp(8000)});

    BOOST_TEST(at.h.traffic().searches == 0U);
}

BOOST_AUTO_TEST_CASE(control_urls_are_understood_whatever_the_base) {
    for (auto const how : {vice::url_base, vice::url_base_empty, vice::url_base_elsewhere}) {
        upnp_home at;
        at.gw.set(how);

        at.hold({tcp(8000)});
    }
}

BOOST_AUTO_TEST_CASE(descriptions_that_grow_are_refused) {
    for (auto const how : {vice::description_huge, vice::description_bomb}) {
        upnp_home at;
        at.gw.set(how);
        at.h.wants({tcp(8000)});

        at.w.run_for(1h);

        BOOST_TEST(
            (at.h.last(event_kind::refused)->error == fault::bad_description), at.h.history()
        );
        BOOST_TEST(at.h.traffic().fetches <= 30U, describe(how).name);
    }
}

BOOST_AUTO_TEST_CASE(answers_are_read_however_they_are_framed) {
    for (auto const how : {vice::http_chunked, vice::http_no_length}) {
        upnp_home at;
        at.gw.set(how);

        at.hold({tcp(8000)});

        BOOST_TEST((at.the_lease().verified == verification::read_back), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(answers_that_are_cut_make_no_storm) {
    upnp_home at;
    at.hold({tcp(8000)});
    auto const before = at.h.traffic().fetches;
    at.gw.set(vice::http_cut);

    at.w.run_for(2h);

    BOOST_TEST(at.h.traffic().fetches - before <= 60U, at.requests());
    at.gw.clear(vice::http_cut);
    at.w.run_for(21min);
    BOOST_TEST(at.h.holds_all(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_takes_20_seconds_an_answer_is_waited_for) {
    upnp_home at;
    at.gw.set(vice::http_slow);
    at.h.wants({tcp(8000)});

    at.w.run_for(5min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    at.w.run_for(12h);
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_takes_longer_is_no_gateway) {
    upnp_home at;
    at.gw.set(vice::http_slow, 31);
    at.h.wants({tcp(8000)});

    at.w.run_for(1h);

    BOOST_TEST(!at.h.holds("tcp-8000"));
    BOOST_TEST(at.h.traffic().fetches <= 30U, at.requests());
}

BOOST_AUTO_TEST_CASE(the_service_that_is_connected_is_chosen) {
    upnp_home at;
    at.gw.set(vice::two_services);

    at.hold({tcp(8000)});

    BOOST_TEST(at.h.engine().gateways().at(0).upnp_service == "WANIPConnection:1");
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_CASE(a_table_that_cannot_be_read_is_written_all_the_same) {
    for (auto const code : {401, 501, 602}) {
        upnp_home at;
        at.gw.set(vice::upnp_read_error, code);

        at.hold({tcp(8000)});

        BOOST_TEST((at.the_lease().verified == verification::none));
        at.h.stop();
        at.w.run_for(3s);
        BOOST_TEST(at.gw.table().empty(), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_state_that_cannot_be_asked_is_taken_for_connected) {
    upnp_home at;
    at.gw.set(vice::upnp_status_error, 401);

    at.hold({tcp(8000)});
}

BOOST_AUTO_TEST_CASE(what_is_given_up_before_it_was_asked_for_keeps_to_one_connection) {
    for (auto after = 1s; after < 20s; after += 1s) {
        upnp_home at;
        at.gw.set(vice::http_slow, 2);
        at.h.wants({tcp(8000)});
        at.w.run_for(after);

        at.h.wants({tcp(8001)});
        at.w.run_for(1min);

        BOOST_TEST(at.w.broken_promises() == "", at.requests());
        BOOST_TEST(at.h.holds_all(), at.requests());
        BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    }
}

BOOST_AUTO_TEST_SUITE_END()
