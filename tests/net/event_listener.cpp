// SPDX-License-Identifier: MIT
#include "net/event_listener.hpp"

#include "net/loopback.hpp"
#include "net/running.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using pmp::ip_address;
using pmp::net::event_listener;

/// All that comes back for these octets; empty where nothing does.
asio::awaitable<std::string> say(ip_address from, pmp::endpoint to, std::string octets) {
    pmp::error_code error;
    tcp::socket socket(co_await asio::this_coro::executor, tcp::endpoint{from, 0});
    tcp::endpoint const server{to.address, to.port};
    co_await socket.async_connect(server, asio::redirect_error(asio::use_awaitable, error));
    auto const sent = asio::buffer(octets);
    co_await asio::async_write(socket, sent, asio::redirect_error(asio::use_awaitable, error));
    std::string heard;
    auto into = asio::dynamic_buffer(heard, 4096);
    co_await asio::async_read(socket, into, asio::redirect_error(asio::use_awaitable, error));
    co_return heard;
}

asio::awaitable<void> await_end(tcp::socket& socket, int& count) {
    pmp::error_code error;
    char octet = 0;
    auto const into = asio::buffer(&octet, 1);
    co_await socket.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
    ++count;
}

struct listening {
    listening() { asio::co_spawn(io, event_listener::serve(listener), asio::detached); }
    ~listening() {
        listener->close();
        pmp::test::run_ready(io);
    }

    std::string notify(std::string const& target, std::string const& method = "NOTIFY") {
        return method + ' ' + target +
               " HTTP/1.1\r\nNT: upnp:event\r\nContent-Length: 4\r\n\r\nbody";
    }

    std::string answer(std::string const& octets) {
        return pmp::test::finish(io, say(gateway, callback.server, octets));
    }

    asio::io_context io;
    ip_address gateway = pmp::test::address_of_this_process();
    std::vector<pmp::inbound_notify> heard;
    std::shared_ptr<event_listener> listener =
        event_listener::open(
            io.get_executor(),
            {gateway, asio::ip::address_v4::loopback(), {}, 0},
            [this](pmp::inbound_notify in) {
                heard.push_back(std::move(in));
                return 412U;
            }
        ).value();
    pmp::wire::http_url callback = pmp::wire::parse_http_url(listener->callback_url()).value();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(events_of_a_gateway, listening)

BOOST_AUTO_TEST_CASE(are_handed_on_and_answered_as_the_engine_wants) {
    auto const got = answer(notify(callback.target));

    BOOST_TEST(got.starts_with("HTTP/1.1 412 "), got);
    BOOST_TEST_REQUIRE(heard.size() == 1U);
    BOOST_TEST(heard[0].body == "body");
    BOOST_TEST((heard[0].source == gateway));
    BOOST_TEST(heard[0].fields.at(0).value == "upnp:event");
}

BOOST_AUTO_TEST_CASE(come_to_the_address_towards_it_at_a_path_that_nobody_guesses) {
    BOOST_TEST((callback.server.address == asio::ip::address_v4::loopback()));
    BOOST_TEST(callback.target.size() == 33U);
    auto const other = event_listener::open(io.get_executor(), listener->ends(), {}).value();
    BOOST_TEST(other->callback_url() != listener->callback_url());

    auto const got = answer(notify("/"));

    BOOST_TEST(got.starts_with("HTTP/1.1 404 "), got);
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(are_all_that_is_heard) {
    auto const got = answer(notify(callback.target, "POST"));

    BOOST_TEST(got.starts_with("HTTP/1.1 405 "), got);
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(come_from_its_own_address_alone) {
    auto const stranger = asio::ip::address_v4{gateway.to_v4().to_uint() ^ 0x00100000U};

    auto const got = pmp::test::finish(io, say(stranger, callback.server, notify(callback.target)));

    BOOST_TEST(got == "");
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(are_small) {
    auto const length = std::to_string(1048576);
    auto const got = answer(
        "NOTIFY " + callback.target + " HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\n" +
        std::string(1048576, 'x')
    );

    BOOST_TEST(!got.starts_with("HTTP/1.1 412"), got);
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(are_few_at_a_time) {
    std::vector<tcp::socket> idle;
    for (int i = 0; i < 8; ++i) {
        idle.emplace_back(io, tcp::endpoint{gateway, 0});
        idle.back().connect({callback.server.address, callback.server.port});
    }
    int closed = 0;
    for (auto& socket : idle) {
        asio::co_spawn(io, await_end(socket, closed), asio::detached);
    }

    BOOST_TEST(pmp::test::run_until(io, [&] { return closed == 4; }));

    idle.clear();
    pmp::test::run_ready(io);
}

BOOST_AUTO_TEST_SUITE_END()
