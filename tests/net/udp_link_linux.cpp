// SPDX-License-Identifier: MIT
#include "net/links.hpp"
#include "net/two_uplinks.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

using pmp::net::udp_link;
using pmp::test::address;
using pmp::test::bytes;
using pmp::test::far_end;
using pmp::test::finish;
using pmp::test::ip;
using pmp::test::loopback;
using pmp::test::network_namespace;

BOOST_FIXTURE_TEST_SUITE(a_udp_link_that_is_told_of_errors, loopback)

BOOST_AUTO_TEST_CASE(tells_once_that_the_port_of_the_gateway_is_closed) {
    auto const link = open();
    link->send({address("127.0.0.5"), 9}, bytes("hello"));

    auto const error = finish(io, link->readable());

    BOOST_TEST(!error);
    BOOST_TEST(link->take_refusal());
    BOOST_TEST(!link->take_refusal());
}

BOOST_AUTO_TEST_CASE(does_not_blame_the_gateway_for_another_hosts_closed_port) {
    auto const link = open();
    link->send({address("127.0.0.66"), 9}, bytes("hello"));
    finish(io, link->readable());

    BOOST_TEST(!link->take_refusal());
}

BOOST_AUTO_TEST_CASE(goes_on_after_an_icmp_error) {
    far_end gateway{io, "127.0.0.5"};
    auto const link = open();
    link->send({address("127.0.0.5"), 9}, bytes("hello"));

    auto const error = link->send(gateway.at(), bytes("hello"));
    gateway.send(link->local(), bytes("hello"));
    link->take_refusal();
    auto const arrived = hear(*link);

    BOOST_TEST(!error);
    BOOST_TEST(gateway.sender().has_value());
    BOOST_TEST(arrived.has_value());
}

BOOST_AUTO_TEST_CASE(does_not_stay_readable_after_its_errors_were_taken) {
    auto const link = open();
    link->send({address("127.0.0.5"), 9}, bytes("hello"));
    finish(io, link->readable());
    link->take_refusal();
    BOOST_TEST((link->receive(buffer).error() == boost::asio::error::would_block));

    pmp::test::started const waiting{io, link->readable()};
    pmp::test::run_ready(io);

    BOOST_TEST(!waiting.ended());
    link->close();
    pmp::test::run_ready(io);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// The main table knows the way over lan alone; table 100, for what comes from 10.2.0.2, that over
/// vpn.
struct two_gateways : pmp::test::two_uplinks, loopback {
    two_gateways() {
        ip("route add default via 192.0.2.1");
        ip("route add default via 10.2.0.1 dev vpn onlink table 100");
        ip("rule add from 10.2.0.2 table 100");
        {
            network_namespace::visit const there{lan_side};
            lan_gateway.emplace(io, "192.0.2.1", pmp::gateway_port);
        }
        network_namespace::visit const there{vpn_side};
        vpn_gateway.emplace(io, "10.2.0.1", pmp::gateway_port);
    }

    std::optional<pmp::endpoint> heard_by(far_end& gateway) {
        finish(io, gateway.readable());
        return gateway.sender();
    }

    std::optional<far_end> lan_gateway;
    std::optional<far_end> vpn_gateway;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_udp_link_of_two, two_gateways, *pmp::test::needs_namespaces())

BOOST_AUTO_TEST_CASE(follows_the_policy_for_its_internal_address) {
    auto const link = open("10.2.0.1", "10.2.0.2");

    BOOST_TEST(!link->send(vpn_gateway->at(), bytes("hello")));

    BOOST_TEST((heard_by(*vpn_gateway) == link->local()));
}

BOOST_AUTO_TEST_CASE(keeps_to_its_interface) {
    ip("rule delete from 10.2.0.2 table 100");
    auto const link =
        udp_link::open(io.get_executor(), {address("10.2.0.1"), address("10.2.0.2"), "vpn", 0})
            .value();

    BOOST_TEST(!link->interface_error());
    BOOST_TEST(!link->send(vpn_gateway->at(), bytes("hello")));

    BOOST_TEST((heard_by(*vpn_gateway) == link->local()));
}

BOOST_AUTO_TEST_CASE(survives_that_its_address_and_route_go_and_come_again) {
    auto const link = open("192.0.2.1", "192.0.2.10");
    ip("address delete 192.0.2.10/24 dev lan");
    BOOST_TEST(link->send(lan_gateway->at(), bytes("lost")).failed());

    ip("address add 192.0.2.10/24 dev lan");

    BOOST_TEST(!link->send(lan_gateway->at(), bytes("hello")));
    BOOST_TEST((heard_by(*lan_gateway) == link->local()));
}

BOOST_AUTO_TEST_CASE(tells_that_the_port_of_a_gateway_across_the_wire_is_closed) {
    lan_gateway.reset();
    auto const link = open("192.0.2.1", "192.0.2.10");
    link->send({address("192.0.2.1"), pmp::gateway_port}, bytes("hello"));

    finish(io, link->readable());

    BOOST_TEST(link->take_refusal());
}

BOOST_AUTO_TEST_SUITE_END()
