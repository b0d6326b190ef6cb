// SPDX-License-Identifier: MIT
#include "net/udp_link.hpp"

#include "net/running.hpp"
#include "net/two_uplinks.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

using boost::asio::ip::udp;
using pmp::net::link_ends;
using pmp::net::udp_link;
using pmp::test::finish;
using pmp::test::ip;
using pmp::test::network_namespace;

namespace {

pmp::ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

std::vector<std::byte> bytes(std::string_view text) {
    auto const octets = std::as_bytes(std::span{text});
    return {octets.begin(), octets.end()};
}

/// A gateway that is on this host: a socket at `address`, and what it hears.
class far_end {
public:
    far_end(boost::asio::io_context& io, char const* at, std::uint16_t port = 0)
        : socket_(io, udp::endpoint{address(at), port}) {
        socket_.non_blocking(true);
    }

    pmp::endpoint at() const {
        return {socket_.local_endpoint().address(), socket_.local_endpoint().port()};
    }

    void send(pmp::endpoint const& to, std::vector<std::byte> const& octets) {
        socket_.send_to(boost::asio::buffer(octets), udp::endpoint{to.address, to.port});
    }

    /// Who has sent something, if anybody has.
    std::optional<pmp::endpoint> sender() {
        std::array<std::byte, 64> buffer{};
        udp::endpoint from;
        pmp::error_code error;
        socket_.receive_from(boost::asio::buffer(buffer), from, 0, error);
        return error ? std::nullopt : std::optional{pmp::endpoint{from.address(), from.port()}};
    }

    boost::asio::awaitable<pmp::error_code> readable() {
        pmp::error_code error;
        co_await socket_.async_wait(
            udp::socket::wait_read, boost::asio::redirect_error(boost::asio::use_awaitable, error)
        );
        co_return error;
    }

private:
    udp::socket socket_;
};

struct loopback {
    std::shared_ptr<udp_link>
    open(char const* gateway = "127.0.0.5", char const* internal = "127.0.0.9") {
        return udp_link::open(io.get_executor(), {address(gateway), address(internal), "", 0})
            .value();
    }

    pmp::result<pmp::net::arrival> hear(udp_link& link) {
        finish(io, link.readable());
        return link.receive(buffer);
    }

    boost::asio::io_context io;
    std::vector<std::byte> buffer = std::vector<std::byte>(pmp::net::receive_buffer_size);
};

} // namespace

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
