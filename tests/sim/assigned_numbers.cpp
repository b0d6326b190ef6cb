// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// Mappings whose internal port is the number that the gateway assigns, as VPN providers want it.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// Of whatever number the gateway assigns.
mapping any(transport protocol) {
    mapping m;
    m.name = std::string(to_string(protocol)) + "-any";
    m.protocol = protocol;
    m.lifetime = 60s;
    return m;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(assigned_numbers, home)

BOOST_AUTO_TEST_CASE(gets_the_number_that_a_vpn_provider_assigns) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);

    hold({any(transport::tcp)});
    auto const granted = *h.lease_of("tcp-any");
    w.run_for(24h);

    BOOST_TEST(granted.assigned.port != 0);
    BOOST_TEST(granted.internal.port == granted.assigned.port);
    BOOST_TEST((h.last(event_kind::acquired)->lease->internal == granted.internal));
    BOOST_TEST((granted.lifetime == 60s));
    BOOST_TEST((h.lease_of("tcp-any")->assigned == granted.assigned));
    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
    auto const asked = requests_since(time_point::min());
    auto const first = std::find_if(asked.begin(), asked.end(), [](exchange const& e) {
        return e.kind == request_kind::map;
    });
    BOOST_TEST_REQUIRE((first != asked.end()));
    BOOST_TEST(first->internal.port == 0);
    BOOST_TEST(first->suggested.port == 1);
    BOOST_TEST(first->lifetime == 60U);
}

BOOST_AUTO_TEST_CASE(tells_of_another_number_that_a_vpn_provider_assigns) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);
    hold({any(transport::tcp)});

    gw.set(vice::grants_other_port_each_renewal);
    w.run_for(1min);

    BOOST_TEST(h.count(event_kind::changed) > 0U, h.history());
    auto const now = *h.lease_of("tcp-any");
    BOOST_TEST(now.internal.port == now.assigned.port);
}

// The host of the simulation breaks where a deletion of all mappings is sent.
BOOST_AUTO_TEST_CASE(never_deletes_what_a_vpn_provider_assigned) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);
    hold({any(transport::tcp), any(transport::udp)});

    h.wants({any(transport::udp)});
    BOOST_TEST((h.last(event_kind::released, "tcp-any")->error == fault::left_to_expire));
    h.stop();
    w.run_for(10s);
    h.wants({});
    h.start();
    w.run_for(2min);

    BOOST_TEST(count(dialect_id::nat_pmp, request_kind::remove) == 0U);
    BOOST_TEST(count(dialect_id::nat_pmp, request_kind::remove_all) == 0U);
    BOOST_TEST(gw.table().empty());
    BOOST_TEST(h.count(event_kind::released) == 2U, h.history());
}

BOOST_AUTO_TEST_CASE(gets_the_same_number_again_after_a_restart) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);
    hold({any(transport::tcp)});
    auto const before = h.lease_of("tcp-any")->assigned;

    h.restart();
    w.run_for(5s);

    BOOST_TEST_REQUIRE(h.holds("tcp-any"), h.history());
    BOOST_TEST((h.lease_of("tcp-any")->assigned == before));
}

BOOST_AUTO_TEST_CASE(says_that_pcp_does_not_leave_the_internal_port_to_the_gateway) {
    speak(only_pcp);
    h.wants({any(transport::tcp)});
    w.run_for(1min);

    BOOST_TEST(!h.holds("tcp-any"));
    BOOST_TEST(h.traffic().sent == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
