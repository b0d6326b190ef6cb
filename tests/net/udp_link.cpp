// SPDX-License-Identifier: MIT
#include "net/links.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

using pmp::net::udp_link;
using pmp::test::address;
using pmp::test::bytes;
using pmp::test::far_end;
using pmp::test::finish;
using pmp::test::loopback;

BOOST_FIXTURE_TEST_SUITE(a_udp_link, loopback)

BOOST_AUTO_TEST_CASE(sends_from_the_internal_address_and_a_port_of_its_own) {
    far_end gateway{io, "127.0.0.5"};
    auto const link = open();
    auto const other = open();

    BOOST_TEST(!link->send(gateway.at(), bytes("hello")));

    auto const sender = gateway.sender();
    BOOST_REQUIRE(sender);
    BOOST_TEST(sender->address == address("127.0.0.9"));
    BOOST_TEST((*sender == link->local()));
    BOOST_TEST(link->local().port != other->local().port);
}

BOOST_AUTO_TEST_CASE(tells_source_destination_and_interface_of_what_it_hears) {
    far_end gateway{io, "127.0.0.5"};
    auto const link = open();
    gateway.send(link->local(), bytes("hello"));

    auto const arrived = hear(*link).value();

    BOOST_TEST((arrived.source == gateway.at()));
    BOOST_TEST((arrived.destination == link->local()));
    BOOST_TEST(arrived.interface_index == 1U);
    BOOST_CHECK((std::vector(arrived.bytes.begin(), arrived.bytes.end()) == bytes("hello")));
}

BOOST_AUTO_TEST_CASE(hears_what_comes_from_another_address_and_port) {
    far_end stranger{io, "127.0.0.66"};
    auto const link = open();
    stranger.send(link->local(), bytes("hello"));

    auto const arrived = hear(*link).value();

    BOOST_TEST((arrived.source == stranger.at()));
}

BOOST_AUTO_TEST_CASE(cuts_no_datagram) {
    far_end gateway{io, "127.0.0.5"};
    auto const link = open();
    gateway.send(link->local(), std::vector<std::byte>(65507));

    auto const arrived = hear(*link).value();

    BOOST_TEST(arrived.bytes.size() == 65507U);
}

BOOST_AUTO_TEST_CASE(has_nothing_where_nothing_came) {
    auto const link = open();

    BOOST_TEST((link->receive(buffer).error() == boost::asio::error::would_block));
    BOOST_TEST(!link->take_refusal());
}

BOOST_AUTO_TEST_CASE(stops_waiting_when_it_is_closed) {
    auto const link = open();
    pmp::test::started waiting{io, link->readable()};
    pmp::test::run_ready(io);

    link->close();

    BOOST_TEST((waiting.result() == boost::asio::error::operation_aborted));
    BOOST_TEST((finish(io, link->readable()) == boost::asio::error::operation_aborted));
}

BOOST_AUTO_TEST_CASE(needs_the_internal_address) {
    auto const link =
        udp_link::open(io.get_executor(), {address("127.0.0.5"), address("198.51.100.1"), "", 0});

    BOOST_TEST((link.error() == boost::system::errc::address_not_available));
}

BOOST_AUTO_TEST_CASE(needs_the_interface) {
    auto const link =
        udp_link::open(io.get_executor(), {address("127.0.0.5"), address("127.0.0.9"), "none0", 0});

    BOOST_TEST((link.error() == boost::system::errc::no_such_device));
}

BOOST_AUTO_TEST_SUITE_END()
