// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// What gateways tell by events, and what is left where they do not.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// How long until the host knows an external address that has just changed.
bool knows_within(upnp_home& at, std::string const& address, std::chrono::nanoseconds limit) {
    at.gw.set_external_address(address);
    return at.w.run_until(
        [&] { return at.the_lease().assigned.address == boost::asio::ip::make_address(address); },
        limit
    );
}

struct silent_home : upnp_home {
    explicit silent_home(unsigned version = 1) : upnp_home(only_igd, only_igd, version) {
        // Nothing but events tells anything.
        gw.set(vice::announces_nothing);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_events)

BOOST_AUTO_TEST_CASE(a_changed_external_address_is_known_within_a_second) {
    for (auto const version : {1U, 2U}) {
        silent_home at(version);
        at.hold({tcp(8000)});

        BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());

        BOOST_TEST(at.h.count(event_kind::external_address_changed) == 1U, at.h.history());
        BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    }
}

BOOST_AUTO_TEST_CASE(it_is_known_too_where_the_mapping_is_held_by_nat_pmp) {
    std::vector const both{dialect_id::nat_pmp, dialect_id::igd};
    upnp_home at(both, both);
    at.gw.set(vice::announces_nothing);
    at.hold({tcp(8000)});
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::nat_pmp));

    BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());
}

BOOST_AUTO_TEST_CASE(a_subscription_is_renewed_for_a_day) {
    silent_home at;
    at.hold({tcp(8000)});

    at.w.run_for(24h);

    auto const subscribed = at.count(request_kind::subscribe);
    BOOST_TEST(subscribed >= 90U, at.requests());
    BOOST_TEST(subscribed <= 100U, at.requests());
    BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());
}

BOOST_AUTO_TEST_CASE(an_event_that_overtakes_the_reply_counts) {
    silent_home at;
    at.gw.set(vice::gena_early);
    at.hold({tcp(8000)});

    BOOST_TEST(at.h.traffic().notifications >= 1U);
    BOOST_TEST(at.count(request_kind::subscribe) == 1U, at.requests());
    BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());
}

BOOST_AUTO_TEST_CASE(a_subscription_that_was_forgotten_is_made_anew) {
    silent_home at;
    at.hold({tcp(8000)});
    at.gw.set(vice::gena_forgets, 0);
    at.gw.clear(vice::gena_forgets);

    at.w.run_for(16min);

    BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());
}

BOOST_AUTO_TEST_CASE(polling_goes_on_where_subscriptions_are_forgotten) {
    silent_home at;
    at.gw.set(vice::gena_forgets, 1);
    at.hold({tcp(8000)});

    BOOST_TEST(knows_within(at, "203.0.113.99", 11min), at.requests());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_takes_no_subscriptions_is_asked_seldom) {
    silent_home at;
    at.gw.set(vice::gena_refuses);
    at.hold({tcp(8000)});

    at.w.run_for(24h);

    BOOST_TEST(at.count(request_kind::subscribe) <= 12U, at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(knows_within(at, "203.0.113.99", 11min), at.requests());
}

BOOST_AUTO_TEST_CASE(an_entry_that_vanishes_is_made_again_at_once) {
    silent_home at;
    at.hold({tcp(8000)});
    at.gw.forget();
    at.gw.set(vice::announces_nothing);

    at.w.run_for(7s);

    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_table_that_changes_all_the_time_is_read_at_measured_intervals) {
    silent_home at;
    at.hold({tcp(8000)});
    auto const before = at.count(request_kind::look);

    for (std::uint16_t port = 9000; port < 9600; ++port) {
        at.occupy(port);
        at.w.run_for(1s);
    }

    BOOST_TEST(at.h.traffic().notifications >= 500U);
    BOOST_TEST(at.count(request_kind::look) - before <= 14U, at.requests());
}

BOOST_AUTO_TEST_CASE(it_is_ended_with_the_last_mapping) {
    silent_home at;
    at.hold({tcp(8000)});

    at.h.stop();
    at.w.run_for(3s);

    BOOST_TEST(at.count(request_kind::unsubscribe) == 1U, at.requests());
    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(it_begins_again_with_the_next_mapping) {
    silent_home at;
    at.hold({tcp(8000)});
    at.h.wants({});
    at.w.run_for(1min);

    at.hold({tcp(8000)});

    BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_is_made_anew) {
    silent_home at;
    at.gw.clear(vice::announces_nothing);
    at.gw.set(vice::http_new_port);
    at.hold({tcp(8000)});
    at.gw.reboot();
    at.w.run_for(10s);
    at.gw.set(vice::announces_nothing);

    BOOST_TEST(knows_within(at, "203.0.113.99", 1s), at.requests());
}

BOOST_AUTO_TEST_CASE(an_event_is_never_believed) {
    silent_home at;
    at.hold({tcp(8000)});
    auto const before = at.h.events().size();
    // Of whoever knows the subscription: it tells of an address that the gateway does not have.
    auto const subscriber = at.gw.simulator().subscribers().at(0);
    wire::gena::notification const lie{
        subscriber.sid, subscriber.sequence, {{"ExternalIPAddress", "198.51.100.66"}}};
    stream_request const request{
        {at.gw.address(), 40000},
        subscriber.callback.server,
        encode(encode(lie, subscriber.callback))};

    auto const answer = at.h.converse(request, at.gw.segment());
    at.w.run_for(10s);

    BOOST_TEST(answer.bytes.starts_with("HTTP/1.1 200 "), answer.bytes);
    BOOST_TEST(at.h.events().size() == before, at.h.history());
}

BOOST_AUTO_TEST_CASE(an_event_of_no_subscription_is_refused) {
    silent_home at;
    at.hold({tcp(8000)});
    auto const subscriber = at.gw.simulator().subscribers().at(0);
    wire::gena::notification const other{"uuid:other", 1, {{"ConnectionStatus", "Disconnected"}}};
    stream_request const request{
        {at.gw.address(), 40000},
        subscriber.callback.server,
        encode(encode(other, subscriber.callback))};

    auto const answer = at.h.converse(request, at.gw.segment());

    BOOST_TEST(answer.bytes.starts_with("HTTP/1.1 412 "), answer.bytes);
}

BOOST_AUTO_TEST_SUITE_END()
