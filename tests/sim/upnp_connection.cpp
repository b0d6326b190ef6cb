// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

// What is told of leases while the gateway is not connected to the internet.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

constexpr auto outside = "203.0.113.7";
constexpr auto nowhere = "0.0.0.0";

struct offline : upnp_home {
    explicit offline(std::vector<dialect_id> const& spoken = only_igd) : upnp_home(spoken, spoken) {
        hold({tcp(8000), udp(8001)});
    }

    std::size_t told() const { return h.count(event_kind::external_address_changed); }
    std::string address_of(std::string const& name) const {
        return the_lease(name).assigned.address.to_string();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_connection)

BOOST_AUTO_TEST_CASE(the_loss_of_the_connection_is_told_once) {
    for (auto const& spoken : {only_igd, only_nat_pmp, protocols_of_datagrams, all_dialects}) {
        offline at(spoken);

        at.gw.set_external_address(nowhere);
        at.w.run_for(11min);

        BOOST_TEST_REQUIRE(at.told() == 1U, at.requests());
        auto const told = *at.h.last(event_kind::external_address_changed);
        BOOST_TEST((told.external_address == ip_address()));
        BOOST_TEST((told.was->address.to_string() == outside));
        BOOST_TEST(at.address_of("tcp-8000") == nowhere, at.requests());
        BOOST_TEST(at.address_of("udp-8001") == nowhere, at.requests());
        BOOST_TEST((at.h.standing_of("tcp-8000")->error == fault::no_external_address));
        BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
        BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
        BOOST_TEST(!at.h.engine().gateways().at(0).external_address);
    }
}

BOOST_AUTO_TEST_CASE(the_loss_that_pcp_does_not_announce_shows_at_the_renewal) {
    offline at(only_pcp);

    at.gw.set_external_address(nowhere);
    at.w.run_for(80min);

    BOOST_TEST_REQUIRE(at.told() == 1U, at.h.history());
    BOOST_TEST(at.address_of("tcp-8000") == nowhere);
    BOOST_TEST((at.h.standing_of("tcp-8000")->error == fault::no_external_address));
}

BOOST_AUTO_TEST_CASE(its_return_is_told_once_and_the_leases_are_kept) {
    for (auto const& spoken : {only_igd, only_nat_pmp, protocols_of_datagrams, all_dialects}) {
        offline at(spoken);
        at.gw.set_external_address(nowhere);
        at.w.run_for(11min);

        at.gw.set_external_address(outside);
        at.w.run_for(1min);

        BOOST_TEST_REQUIRE(at.told() == 2U, at.requests());
        auto const told = *at.h.last(event_kind::external_address_changed);
        BOOST_TEST((told.external_address->to_string() == outside));
        BOOST_TEST(at.address_of("tcp-8000") == outside, at.requests());
        BOOST_TEST(at.address_of("udp-8001") == outside, at.requests());
        BOOST_TEST(!at.h.standing_of("tcp-8000")->error);
        BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
        BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
        BOOST_TEST(at.w.broken_promises() == "");
    }
}

BOOST_AUTO_TEST_CASE(another_address_on_return_is_told_of_each_lease) {
    for (auto const& spoken : {only_igd, only_nat_pmp, protocols_of_datagrams, all_dialects}) {
        offline at(spoken);
        at.gw.set_external_address(nowhere);
        at.w.run_for(11min);

        at.gw.set_external_address("203.0.113.99");
        at.w.run_for(1min);

        BOOST_TEST(at.address_of("tcp-8000") == "203.0.113.99", at.requests());
        BOOST_TEST(at.address_of("udp-8001") == "203.0.113.99", at.requests());
        BOOST_TEST_REQUIRE(at.h.count(event_kind::changed) == 2U, at.h.history());
        BOOST_TEST((at.h.last(event_kind::changed)->was->address.to_string() == outside));
    }
}

BOOST_AUTO_TEST_CASE(nobody_has_to_announce_it_where_upnp_is_asked) {
    for (auto const& spoken : {only_igd, all_dialects}) {
        offline at(spoken);
        at.gw.set(vice::announces_nothing);
        at.gw.set(vice::gena_refuses);

        at.gw.set_external_address(nowhere);
        at.w.run_for(11min);
        BOOST_TEST(at.told() == 1U, at.requests());
        at.gw.set_external_address(outside);
        at.w.run_for(1min);

        BOOST_TEST(at.told() == 2U, at.requests());
        BOOST_TEST(at.address_of("tcp-8000") == outside, at.requests());
    }
}

BOOST_AUTO_TEST_CASE(nat_pmp_is_asked_until_it_is_connected_again) {
    offline at(only_nat_pmp);
    at.gw.set_external_address(nowhere);
    at.w.run_for(11min);
    BOOST_TEST_REQUIRE(at.told() == 1U, at.requests());

    at.gw.set(vice::announces_nothing);
    at.gw.set_external_address(outside);
    at.w.run_for(1min);

    BOOST_TEST(at.told() == 2U, at.requests());
    BOOST_TEST(at.address_of("tcp-8000") == outside, at.requests());
}

BOOST_AUTO_TEST_CASE(a_refusal_for_want_of_a_connection_is_told_once) {
    offline at(protocols_of_datagrams);
    at.gw.set(vice::announces_nothing);

    at.gw.set_external_address(nowhere);
    at.w.run_for(90min);

    BOOST_TEST(at.told() == 1U, at.requests());
    BOOST_TEST(at.h.count(event_kind::refused) <= 2U, at.h.history());
}

BOOST_AUTO_TEST_CASE(leases_are_renewed_while_they_lead_nowhere) {
    offline at;
    at.gw.set_external_address(nowhere);

    at.w.run_for(10h);

    BOOST_TEST(at.gw.table().size() == 2U, at.requests());
    BOOST_TEST(at.address_of("tcp-8000") == nowhere, at.requests());
    BOOST_TEST(at.h.standing_of("tcp-8000")->error.failed());
    at.gw.set_external_address(outside);
    at.w.run_for(1min);
    BOOST_TEST(at.address_of("tcp-8000") == outside, at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::acquired) == 2U, at.h.history());
}

BOOST_AUTO_TEST_CASE(what_is_new_waits_for_the_connection) {
    offline at;
    at.gw.set_external_address(nowhere);
    at.w.run_for(1min);

    at.h.wants({tcp(8000), udp(8001), tcp(8002)});
    at.w.run_for(1h);

    BOOST_TEST(!at.h.holds("tcp-8002"));
    BOOST_TEST(at.gw.find_external(transport::tcp, 8002) == nullptr, at.requests());
    at.gw.set_external_address(outside);
    at.w.run_for(1min);
    BOOST_TEST(at.h.holds_all(), at.requests());
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_asked_for_is_unknown_and_ports_are_mapped) {
    upnp_home at;
    at.gw.set(vice::upnp_address_error, 501);

    at.hold({tcp(8000)});

    BOOST_TEST(at.the_lease().assigned.address.is_unspecified());
    BOOST_TEST(at.the_lease().assigned.port == 8000U);
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    at.gw.clear(vice::upnp_address_error);
    at.w.run_for(31min);
    BOOST_TEST(at.the_lease().assigned.address.to_string() == outside, at.requests());
}

BOOST_AUTO_TEST_CASE(whoever_wants_a_renewal_is_told_the_address_of_now) {
    upnp_home at;
    at.hold({tcp(8000)});
    at.w.run_for(20s);
    at.gw.set_external_address("203.0.113.99");

    at.h.engine().renew("", at.w.now());
    at.h.drain();
    at.w.run_for(5s);

    BOOST_TEST(at.the_lease().assigned.address.to_string() == "203.0.113.99", at.requests());
    auto const asked = at.count(request_kind::address);
    for (auto i = 0; i < 100; ++i) {
        at.h.engine().renew("", at.w.now());
        at.h.drain();
        at.w.run_for(100ms);
    }
    BOOST_TEST(at.count(request_kind::address) - asked <= 10U, at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
