// SPDX-License-Identifier: MIT
#include "net/announcement_listener.hpp"
#include "net/namespaces.hpp"
#include "net/running.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/multicast.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/test/unit_test.hpp>

#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace asio = boost::asio;
using asio::ip::udp;
using pmp::address_family;
using pmp::net::announcement_group;
using pmp::net::announcement_listener;
using pmp::test::finish;
using pmp::test::ip;
using pmp::test::network_namespace;

namespace {

pmp::ip_address address(char const* text) {
    return asio::ip::make_address(text);
}

constexpr unsigned lo = 1;
constexpr std::array<char, 2> word{'h', 'i'};

/// A namespace with the interfaces lo and lan.
struct host {
    host() {
        ip("link add lan type veth peer name far");
        ip("link set lan up");
        ip("link set far up");
        ip("address add 192.0.2.10/24 dev lan");
        ip("address add fe80::10/64 dev lan nodad");
        lan = ::if_nametoindex("lan");
    }

    std::shared_ptr<announcement_listener>
    open(unsigned interface_index, address_family family = address_family::ipv4) {
        return announcement_listener::open(
                   io.get_executor(), announcement_group(family), interface_index
        )
            .value();
    }

    void announce(char const* from, char const* to = "224.0.0.1") {
        udp::socket socket{io, udp::endpoint{address(from), 0}};
        if (address(from).is_v4()) {
            socket.set_option(asio::ip::multicast::outbound_interface{address(from).to_v4()});
        } else {
            socket.set_option(asio::ip::multicast::outbound_interface{lan});
        }
        socket.send_to(asio::buffer(word), udp::endpoint{address(to), pmp::announcement_port});
    }

    pmp::result<pmp::net::arrival> hear(announcement_listener& listener) {
        finish(io, listener.readable());
        return listener.receive(buffer);
    }

    network_namespace place;
    network_namespace::visit here{place};
    unsigned lan = 0;
    asio::io_context io;
    std::vector<std::byte> buffer = std::vector<std::byte>(pmp::net::receive_buffer_size);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_announcement_listener, host, *pmp::test::needs_namespaces())

BOOST_AUTO_TEST_CASE(tells_source_group_and_interface) {
    auto const listener = open(lo);
    announce("127.0.0.1");

    auto const heard = hear(*listener).value();

    BOOST_TEST(heard.source.address == address("127.0.0.1"));
    BOOST_TEST((heard.destination == pmp::endpoint{address("224.0.0.1"), 5350}));
    BOOST_TEST(heard.interface_index == lo);
    BOOST_TEST(heard.bytes.size() == word.size());
}

BOOST_AUTO_TEST_CASE(hears_all_nodes_of_ipv6) {
    auto const listener = open(lan, address_family::ipv6);
    announce("fe80::10%lan", "ff02::1");

    auto const heard = hear(*listener).value();

    BOOST_TEST(heard.source.address == address("fe80::10%lan"));
    BOOST_TEST((heard.destination == pmp::endpoint{address("ff02::1"), 5350}));
    BOOST_TEST(heard.interface_index == lan);
}

BOOST_AUTO_TEST_CASE(shares_the_port_with_another_one) {
    auto const first = open(lo);
    auto const second = open(lo);
    announce("127.0.0.1");

    BOOST_TEST(hear(*first).has_value());
    BOOST_TEST(hear(*second).has_value());
}

BOOST_AUTO_TEST_CASE(shares_the_port_with_a_process_of_another_user) {
    auto const listener = open(lo);
    std::array<int, 2> ready{};
    BOOST_REQUIRE(::pipe(ready.data()) == 0);
    auto const child = ::fork();
    if (child == 0) {
        // What differs is the exit status: 0 where it could listen and heard.
        bool const other_user = ::setuid(65534) == 0;
        asio::io_context own;
        auto const beside = announcement_listener::open(
            own.get_executor(), announcement_group(address_family::ipv4), lo
        );
        auto const told = ::write(ready[1], word.data(), 1);
        own.run_for(std::chrono::milliseconds{0});
        bool heard = false;
        for (int i = 0; beside && !heard && i < 1000; ++i) {
            ::usleep(10000);
            heard = (*beside)->receive(buffer).has_value();
        }
        ::_exit(other_user && told == 1 && heard ? 0 : 1);
    }
    char told = 0;
    BOOST_REQUIRE(::read(ready[0], &told, 1) == 1);

    announce("127.0.0.1");

    int status = -1;
    BOOST_TEST(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
    BOOST_TEST(hear(*listener).has_value());
    ::close(ready[0]);
    ::close(ready[1]);
}

BOOST_AUTO_TEST_CASE(is_beside_programs_that_hear_every_address) {
    udp::socket other{io, udp::v4()};
    other.set_option(udp::socket::reuse_address{true});
    other.bind(udp::endpoint{udp::v4(), pmp::announcement_port});

    auto const listener = open(lo);
    announce("127.0.0.1");

    BOOST_TEST(hear(*listener).has_value());
}

BOOST_AUTO_TEST_CASE(says_that_another_program_keeps_the_port) {
    udp::socket const other{io, udp::endpoint{udp::v4(), pmp::announcement_port}};

    auto const listener = announcement_listener::open(
        io.get_executor(), announcement_group(address_family::ipv4), lo
    );

    BOOST_TEST((listener.error() == asio::error::address_in_use));
}

BOOST_AUTO_TEST_CASE(says_that_the_interface_is_missing) {
    for (auto const family : {address_family::ipv4, address_family::ipv6}) {
        auto const listener =
            announcement_listener::open(io.get_executor(), announcement_group(family), 999);

        BOOST_TEST((listener.error() == boost::system::errc::no_such_device));
    }
}

BOOST_AUTO_TEST_CASE(hears_its_own_interface_alone) {
    auto const by_lo = open(lo);
    auto const by_lan = open(lan);
    announce("127.0.0.1");
    hear(*by_lo).value();

    BOOST_TEST((by_lan->receive(buffer).error() == asio::error::would_block));
}

BOOST_AUTO_TEST_CASE(does_not_hear_what_is_sent_to_this_host) {
    auto const listener = open(lo);
    announce("127.0.0.1", "127.0.0.1");
    announce("127.0.0.1");

    auto const heard = hear(*listener).value();

    BOOST_TEST(heard.destination.address == address("224.0.0.1"));
    BOOST_TEST((listener->receive(buffer).error() == asio::error::would_block));
}

BOOST_AUTO_TEST_SUITE_END()
