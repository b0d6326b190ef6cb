// SPDX-License-Identifier: MIT
#include "dialect/igd_subscription.hpp"

#include "unit/wire_octets.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::igd_hint;
using pmp::test::address;

namespace gena = pmp::wire::gena;
namespace http = pmp::wire::http;
using pmp::wire::http_url;
using std::chrono::seconds;

namespace {

http_url const callback{{address("192.168.1.10"), 40000}, "/k7"};
pmp::ip_address const external = address("203.0.113.7");

struct subscribed {
    subscribed() {
        it.follow(http_url{{address("192.168.1.1"), 5000}, "/evt/ip"}, now);
        it.listening(callback, now);
        now += seconds(2);
        BOOST_TEST_REQUIRE(it.next(now).has_value());
        it.answered(encode(gena::subscription{"uuid:s1", seconds(1800)}), external, now);
    }

    /// An event that tells another address. Returns the status that it is answered with.
    unsigned event(std::string const& sid = "uuid:s1") {
        gena::notification const said{sid, sequence++, {{"ExternalIPAddress", "203.0.113.99"}}};
        hint = {};
        return it.hear(encode(said, callback), external, hint);
    }

    pmp::time_point now{std::chrono::hours(1)};
    pmp::igd_subscription it;
    std::uint32_t sequence = 0;
    igd_hint hint;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(igd_subscription, subscribed)

BOOST_AUTO_TEST_CASE(an_event_of_it_is_a_hint) {
    BOOST_TEST(event() == 200U);
    BOOST_TEST(hint.connection);
}

BOOST_AUTO_TEST_CASE(an_event_that_crosses_its_end_is_taken_and_is_no_hint) {
    it.rest();
    BOOST_TEST_REQUIRE(it.next(now).has_value());

    BOOST_TEST(event() == 200U);
    BOOST_TEST(!hint.connection);
}

BOOST_AUTO_TEST_CASE(once_its_end_is_answered_events_of_it_are_refused) {
    it.rest();
    BOOST_TEST_REQUIRE(it.next(now).has_value());
    it.answered(http::response{200, {}, {}}, external, now);

    BOOST_TEST(event() == 412U);
}

BOOST_AUTO_TEST_CASE(once_its_end_is_given_up_events_of_it_are_refused) {
    it.rest();
    BOOST_TEST_REQUIRE(it.next(now).has_value());
    it.answered({}, external, now);

    BOOST_TEST(event() == 412U);
}

BOOST_AUTO_TEST_CASE(events_are_taken_after_a_farewell_that_nobody_hears_answered) {
    BOOST_TEST_REQUIRE(it.farewell().has_value());

    BOOST_TEST(event() == 200U);
    BOOST_TEST(!hint.connection);
}

BOOST_AUTO_TEST_CASE(while_it_ends_events_of_others_are_refused) {
    it.rest();
    BOOST_TEST_REQUIRE(it.next(now).has_value());

    BOOST_TEST(event("uuid:other") == 412U);
}

BOOST_AUTO_TEST_SUITE_END()
