// SPDX-License-Identifier: MIT
#include "net/routes.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using pmp::gateway_settings;
using pmp::net::candidates;
using pmp::net::default_route;
using pmp::net::gateway_candidate;
using pmp::net::route_snapshot;

namespace {

pmp::ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

/// lo, eth0 and wg0, without any route.
route_snapshot two_uplinks() {
    route_snapshot snapshot;
    snapshot.interfaces = {
        {1, "lo", true, true, {{address("127.0.0.1"), 8}, {address("::1"), 128}}},
        {2, "eth0", true, false, {{address("192.168.1.10"), 24}, {address("fe80::10"), 64}}},
        {3, "wg0", true, false, {{address("10.2.0.2"), 32}}},
    };
    return snapshot;
}

default_route route(unsigned interface_index, char const* gateway, std::uint32_t metric = 0) {
    return {pmp::net::main_table, metric, interface_index, address(gateway), true};
}

default_route route_of_table(std::uint32_t table, unsigned interface_index, char const* gateway) {
    auto result = route(interface_index, gateway);
    result.table = table;
    return result;
}

std::vector<std::string> gateways(std::vector<gateway_candidate> const& found) {
    std::vector<std::string> result(found.size());
    std::transform(found.begin(), found.end(), result.begin(), [](auto const& candidate) {
        return candidate.gateway.to_string() + '%' + candidate.interface;
    });
    return result;
}

using names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(give_the_next_hop_of_the_default_route_and_its_interface) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route(2, "192.168.1.1")};

    auto const found = candidates({}, snapshot);

    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    BOOST_CHECK(
        found[0] == (gateway_candidate{address("192.168.1.1"), "eth0", 2, false, std::nullopt})
    );
}

BOOST_AUTO_TEST_CASE(without_a_default_route_give_nothing) {
    BOOST_TEST(candidates({}, two_uplinks()).empty());
}

BOOST_AUTO_TEST_CASE(are_ordered_by_metric_and_keep_the_order_of_equal_ones) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {
        route(2, "192.168.1.1", 600), route(3, "10.2.0.1", 100), route(2, "192.168.1.3", 100)};

    auto const found = gateways(candidates({}, snapshot));

    BOOST_TEST(
        found == (names{"10.2.0.1%wg0", "192.168.1.3%eth0", "192.168.1.1%eth0"}),
        boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(of_the_main_table_come_before_better_metrics_of_other_tables) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route_of_table(100, 3, "10.2.0.1"), route(2, "192.168.1.1", 1024)};

    auto const found = gateways(candidates({}, snapshot));

    BOOST_TEST(
        found == (names{"192.168.1.1%eth0", "10.2.0.1%wg0"}), boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(of_a_configured_interface_are_found_in_any_table) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route(2, "192.168.1.1"), route_of_table(100, 3, "10.2.0.1")};
    gateway_settings settings;
    settings.interface = "wg0";

    auto const found = candidates(settings, snapshot);

    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    BOOST_CHECK(found[0] == (gateway_candidate{address("10.2.0.1"), "wg0", 3, true, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(yield_to_a_configured_address) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route(2, "192.168.1.1")};
    gateway_settings settings;
    settings.address = address("172.16.0.1");

    auto const found = candidates(settings, snapshot);

    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    BOOST_CHECK(found[0] == (gateway_candidate{address("172.16.0.1"), "", 0, false, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(are_not_asked_about_where_address_interface_and_source_are_configured) {
    gateway_settings settings;
    settings.address = address("10.2.0.1");
    settings.interface = "wg0";
    settings.source = address("10.2.0.2");

    auto const found = candidates(settings, two_uplinks());

    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    BOOST_CHECK(
        found[0] == (gateway_candidate{address("10.2.0.1"), "wg0", 3, true, address("10.2.0.2")})
    );
}

BOOST_AUTO_TEST_CASE(are_those_of_the_interface_that_has_a_configured_source) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route(2, "192.168.1.1"), route_of_table(100, 3, "10.2.0.1")};
    gateway_settings settings;
    settings.source = address("10.2.0.2");

    auto const found = gateways(candidates(settings, snapshot));

    BOOST_TEST(found == names{"10.2.0.1%wg0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_every_interface_serve_a_source_on_the_loopback_interface) {
    auto snapshot = two_uplinks();
    snapshot.interfaces[0].addresses.push_back({address("198.51.100.1"), 32});
    snapshot.default_routes = {route(2, "192.168.1.1")};
    gateway_settings settings;
    settings.source = address("198.51.100.1");

    auto const found = gateways(candidates(settings, snapshot));

    BOOST_TEST(found == names{"192.168.1.1%eth0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_are_dead_or_name_no_gateway_are_passed_over) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {
        route(2, "192.168.1.1"), route(3, "0.0.0.0"), route(2, "fe80::1"), route(3, "10.2.0.1", 9)};
    snapshot.default_routes[0].alive = false;

    auto const found = gateways(candidates({}, snapshot));

    BOOST_TEST(found == names{"10.2.0.1%wg0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(by_an_interface_that_is_down_are_passed_over) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route(2, "192.168.1.1")};
    snapshot.interfaces[1].running = false;

    auto const found = candidates({}, snapshot);

    BOOST_TEST(found.empty());
}

BOOST_AUTO_TEST_CASE(lead_nowhere_while_the_configured_interface_is_missing_or_down) {
    auto snapshot = two_uplinks();
    snapshot.interfaces[2].running = false;
    gateway_settings down;
    down.address = address("10.2.0.1");
    down.interface = "wg0";
    auto missing = down;
    missing.interface = "wg1";

    BOOST_TEST(candidates(down, snapshot).empty());
    BOOST_TEST(candidates(missing, snapshot).empty());
}

BOOST_AUTO_TEST_CASE(leave_a_configured_address_usable_where_the_tables_cannot_be_read) {
    gateway_settings settings;
    settings.address = address("10.2.0.1");
    settings.interface = "wg0";

    auto const found = gateways(candidates(settings, {}));

    BOOST_TEST(found == names{"10.2.0.1%wg0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(know_the_one_interface_that_has_an_address) {
    auto snapshot = two_uplinks();
    snapshot.interfaces.push_back({4, "wg1", true, false, {{address("10.2.0.2"), 32}}});

    BOOST_TEST(pmp::net::owner_of(snapshot, address("192.168.1.10")) == &snapshot.interfaces[1]);
    BOOST_TEST(pmp::net::owner_of(snapshot, address("127.3.2.1")) == &snapshot.interfaces[0]);
    BOOST_TEST(!pmp::net::owner_of(snapshot, address("192.168.1.11")));
    BOOST_TEST(!pmp::net::owner_of(snapshot, address("10.2.0.2")));
}

BOOST_AUTO_TEST_CASE(give_the_next_hop_of_each_family_by_itself) {
    auto snapshot = two_uplinks();
    snapshot.default_routes = {route(2, "192.168.1.1"), route(2, "fe80::1")};

    auto const v4 = gateways(candidates({}, snapshot));
    auto const v6 = gateways(candidates({}, snapshot, pmp::address_family::ipv6));

    BOOST_CHECK((v4 == names{"192.168.1.1%eth0"}));
    BOOST_CHECK((v6 == names{"fe80::1%eth0"}));
}

BOOST_AUTO_TEST_CASE(give_no_configured_address_to_the_other_family) {
    gateway_settings settings;
    settings.address = address("192.168.1.1");

    BOOST_TEST(candidates(settings, two_uplinks(), pmp::address_family::ipv6).empty());
}

BOOST_AUTO_TEST_CASE(give_a_link_local_address_the_scope_of_its_interface) {
    gateway_settings settings;
    settings.address = address("fe80::1");
    settings.interface = "eth0";

    auto const found = candidates(settings, two_uplinks(), pmp::address_family::ipv6);

    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    BOOST_TEST(found[0].gateway.to_v6().scope_id() == 2U);
}

BOOST_AUTO_TEST_CASE(lead_pinholes_to_a_global_address_that_stays) {
    pmp::net::interface_state eth0{2, "eth0", true, false, {}};
    eth0.addresses = {
        {address("192.168.1.10"), 24},
        {address("fe80::10"), 64},
        {address("fd00::10"), 64},
        {address("2001:db8:1::7"), 64, true},
        {address("2001:db8:2::10"), 64, false, true},
        {address("2001:db8:1::10"), 64}};

    BOOST_TEST((pmp::net::lasting_global(eth0) == address("2001:db8:1::10")));
}

BOOST_AUTO_TEST_CASE(lead_pinholes_to_a_temporary_address_where_there_is_no_other) {
    pmp::net::interface_state eth0{2, "eth0", true, false, {{address("2001:db8:1::7"), 64, true}}};

    BOOST_TEST((pmp::net::lasting_global(eth0) == address("2001:db8:1::7")));
}

BOOST_AUTO_TEST_CASE(lead_no_pinhole_to_an_address_of_the_site) {
    pmp::net::interface_state eth0{2, "eth0", true, false, {{address("fd00::10"), 64}}};

    BOOST_TEST(!pmp::net::lasting_global(eth0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
