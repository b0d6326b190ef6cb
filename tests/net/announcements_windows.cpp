// SPDX-License-Identifier: MIT
#include "net/announcement_listener.hpp"
#include "net/running.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/multicast.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <vector>

namespace asio = boost::asio;
using asio::ip::udp;
using pmp::address_family;
using pmp::net::announcement_group;
using pmp::net::announcement_listener;
using pmp::test::finish;

namespace {

constexpr unsigned loopback = 1;
constexpr std::array<char, 2> word{'h', 'i'};

struct host {
    std::shared_ptr<announcement_listener> open() {
        auto const group = announcement_group(address_family::ipv4);
        return announcement_listener::open(io.get_executor(), group, loopback).value();
    }

    void announce() {
        udp::socket socket{io, udp::endpoint{here, 0}};
        socket.set_option(asio::ip::multicast::outbound_interface{here});
        auto const group = announcement_group(address_family::ipv4);
        socket.send_to(asio::buffer(word), udp::endpoint{group.address, group.port});
    }

    pmp::result<pmp::net::arrival> hear(announcement_listener& listener) {
        finish(io, listener.readable());
        return listener.receive(buffer);
    }

    asio::ip::address_v4 const here = asio::ip::address_v4::loopback();
    asio::io_context io;
    std::vector<std::byte> buffer = std::vector<std::byte>(pmp::net::receive_buffer_size);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_announcement_listener, host)

BOOST_AUTO_TEST_CASE(tells_source_group_and_interface) {
    auto const listener = open();
    announce();

    auto const heard = hear(*listener).value();

    BOOST_TEST(heard.source.address == pmp::ip_address{here});
    BOOST_TEST((heard.destination == announcement_group(address_family::ipv4)));
    BOOST_TEST(heard.interface_index == loopback);
    BOOST_TEST(heard.bytes.size() == word.size());
}

BOOST_AUTO_TEST_CASE(shares_the_port_with_another_one) {
    auto const one = open();
    auto const other = open();
    announce();

    BOOST_TEST(hear(*one).has_value());
    BOOST_TEST(hear(*other).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
