// SPDX-License-Identifier: MIT
#include "net/route_monitor.hpp"
#include "net/running.hpp"
#include "net/source_address.hpp"
#include "net/two_uplinks.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using pmp::net::route_monitor;
using pmp::net::route_snapshot;
using pmp::test::finish;
using pmp::test::ip;
using pmp::test::needs_namespaces;
using pmp::test::started;
using pmp::test::two_uplinks;

namespace {

pmp::ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

struct watched_uplinks : two_uplinks {
    boost::asio::io_context io;
    route_monitor monitor{io.get_executor(), {50ms, 150ms}};
    route_snapshot known = monitor.read().value();

    std::vector<std::string> gateways(pmp::gateway_settings const& settings = {}) {
        std::vector<std::string> found;
        for (auto const& candidate : pmp::net::candidates(settings, monitor.read().value())) {
            found.push_back(candidate.gateway.to_string() + '%' + candidate.interface);
        }
        return found;
    }

    pmp::net::interface_state state_of(char const* name) const {
        auto const* const found = pmp::net::find_interface(known, name);
        BOOST_TEST(found);
        return found != nullptr ? *found : pmp::net::interface_state{};
    }
};

using names = std::vector<std::string>;
using boost::test_tools::per_element;

} // namespace

BOOST_AUTO_TEST_SUITE(a_route_monitor, *needs_namespaces())

BOOST_FIXTURE_TEST_CASE(reads_interfaces_and_addresses, watched_uplinks) {
    auto const lan = state_of("lan");

    BOOST_TEST(lan.running);
    BOOST_TEST(!lan.loopback);
    BOOST_CHECK((lan.addresses.front() == pmp::net::local_address{address("192.0.2.10"), 24}));
    BOOST_TEST(state_of("lo").loopback);
}

BOOST_FIXTURE_TEST_CASE(reads_more_than_one_datagram_of_interfaces, watched_uplinks) {
    for (int i = 0; i < 30; ++i) {
        auto const pair = std::to_string(i);
        ip(std::string{"link add a"}.append(pair).append(" type veth peer name b").append(pair));
    }

    auto const snapshot = monitor.read().value();

    BOOST_TEST(pmp::net::find_interface(snapshot, "a0") != nullptr);
    BOOST_TEST(pmp::net::find_interface(snapshot, "b29") != nullptr);
    BOOST_TEST(snapshot.interfaces.size() == known.interfaces.size() + 60);
}

BOOST_FIXTURE_TEST_CASE(finds_the_default_route_by_metric_and_table, watched_uplinks) {
    ip("route add default via 192.0.2.3 metric 300");
    ip("route add default via 192.0.2.2 metric 200");
    ip("route add default via 10.2.0.1 dev vpn onlink table 100");

    BOOST_TEST(
        gateways() == (names{"192.0.2.2%lan", "192.0.2.3%lan", "10.2.0.1%vpn"}), per_element()
    );
}

BOOST_FIXTURE_TEST_CASE(passes_over_a_next_hop_without_carrier, watched_uplinks) {
    ip("route add default nexthop via 10.2.0.1 dev vpn onlink nexthop via 192.0.2.1 dev lan");
    {
        pmp::test::network_namespace::visit const there{vpn_side};
        ip("link set wire down");
    }

    // The kernel notices a while later.
    while (gateways().size() > 1) {
        finish(io, monitor.change());
    }
    BOOST_TEST(gateways() == names{"192.0.2.1%lan"}, per_element());
}

BOOST_FIXTURE_TEST_CASE(tells_when_a_route_comes_changes_and_goes, watched_uplinks) {
    for (auto const* change :
         {"route add default via 192.0.2.1",
          "route change default via 192.0.2.2",
          "route delete default"}) {
        started waiting{io, monitor.change()};
        pmp::test::run_ready(io);
        ip(change);

        BOOST_TEST(!waiting.result(), change);
        monitor.read().value();
    }
    BOOST_TEST(gateways().empty());
}

BOOST_FIXTURE_TEST_CASE(tells_of_what_changed_before_anybody_waited, watched_uplinks) {
    ip("route add default via 192.0.2.1");

    BOOST_TEST(!finish(io, monitor.change()));
}

BOOST_FIXTURE_TEST_CASE(tells_of_addresses_links_and_rules, watched_uplinks) {
    for (auto const* change :
         {"address delete 192.0.2.10/24 dev lan",
          "address add 192.0.2.10/24 dev lan",
          "link set vpn down",
          "rule add from 10.2.0.2 table 100",
          "-6 rule add from 2001:db8::1 table 100"}) {
        ip(change);

        BOOST_TEST(!finish(io, monitor.change()), change);
        monitor.read().value();
    }
}

BOOST_FIXTURE_TEST_CASE(is_silent_where_nothing_that_matters_changes, watched_uplinks) {
    pmp::test::run_until(io, [&] {
        // The kernel ends its duplicate address detection.
        known = monitor.read().value();
        return state_of("vpn").addresses.size() == 2 && state_of("lan").addresses.size() == 2;
    });
    ip("link set lan promisc on");
    ip("address change 192.0.2.10/24 dev lan valid_lft 1000 preferred_lft 900");
    started waiting{io, monitor.change()};

    io.run_for(200ms);

    BOOST_TEST(!waiting.ended());
}

BOOST_FIXTURE_TEST_CASE(waits_until_a_burst_has_settled, watched_uplinks) {
    started waiting{io, monitor.change()};
    auto const start = pmp::boot_clock::now();
    while (!waiting.ended() && pmp::boot_clock::now() < start + 1s) {
        ip("route add 198.51.100.0/24 via 192.0.2.1");
        ip("route delete 198.51.100.0/24");
        io.run_for(1ms);
    }

    BOOST_TEST(waiting.ended());
    BOOST_CHECK(pmp::boot_clock::now() >= start + 150ms);
}

BOOST_FIXTURE_TEST_CASE(goes_on_after_more_changes_than_its_socket_holds, watched_uplinks) {
    std::string changes = "-batch - <<'END'\n";
    for (int i = 0; i < 500; ++i) {
        changes += "route add 198.51.100.0/24 via 192.0.2.1\nroute delete 198.51.100.0/24\n";
    }
    ip(changes + "END");
    BOOST_TEST(!finish(io, monitor.change()));
    monitor.read().value();

    ip("route add default via 192.0.2.1");

    BOOST_TEST(!finish(io, monitor.change()));
    BOOST_TEST(gateways() == names{"192.0.2.1%lan"}, per_element());
}

BOOST_FIXTURE_TEST_CASE(stops_waiting_when_it_is_closed, watched_uplinks) {
    started waiting{io, monitor.change()};
    pmp::test::run_ready(io);

    monitor.close();

    BOOST_TEST((waiting.result() == boost::asio::error::operation_aborted));
}

BOOST_FIXTURE_TEST_CASE(stops_waiting_for_a_burst_when_it_is_closed, watched_uplinks) {
    ip("route add default via 192.0.2.1");
    started waiting{io, monitor.change()};
    pmp::test::run_ready(io);

    monitor.close();

    BOOST_TEST((waiting.result() == boost::asio::error::operation_aborted));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_source_towards_a_gateway)

BOOST_AUTO_TEST_CASE(is_the_loopback_address_on_the_loopback_interface) {
    boost::asio::io_context io;

    auto const source =
        pmp::net::source_towards(io.get_executor(), address("127.0.0.5"), "", std::nullopt);

    BOOST_TEST(source.value() == address("127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(is_the_one_that_was_asked_for) {
    boost::asio::io_context io;

    auto const source =
        pmp::net::source_towards(io.get_executor(), address("127.0.0.5"), "", address("127.0.0.9"));

    BOOST_TEST(source.value() == address("127.0.0.9"));
}

BOOST_AUTO_TEST_CASE(is_an_error_where_this_host_has_not_the_one_that_was_asked_for) {
    boost::asio::io_context io;

    auto const source = pmp::net::source_towards(
        io.get_executor(), address("127.0.0.5"), "", address("198.51.100.200")
    );

    BOOST_TEST((source.error() == boost::system::errc::address_not_available));
}

BOOST_FIXTURE_TEST_CASE(is_an_error_where_no_route_leads_there, two_uplinks, *needs_namespaces()) {
    boost::asio::io_context io;

    auto const source =
        pmp::net::source_towards(io.get_executor(), address("203.0.113.1"), "", std::nullopt);

    BOOST_TEST((source.error() == boost::asio::error::network_unreachable));
}

BOOST_FIXTURE_TEST_CASE(
    keeps_to_an_interface_though_the_routes_lead_elsewhere, two_uplinks, *needs_namespaces()
) {
    ip("route add default via 192.0.2.1");
    boost::asio::io_context io;

    auto const by_route =
        pmp::net::source_towards(io.get_executor(), address("10.2.0.1"), "", std::nullopt);
    auto const by_interface =
        pmp::net::source_towards(io.get_executor(), address("10.2.0.1"), "vpn", std::nullopt);

    BOOST_TEST(by_route.value() == address("192.0.2.10"));
    BOOST_TEST(by_interface.value() == address("10.2.0.2"));
}

BOOST_AUTO_TEST_SUITE_END()
