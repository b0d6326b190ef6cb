// SPDX-License-Identifier: MIT
#include "net/client_beside_gateway.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::test::address_of_this_process;
using pmp::test::at_this_process;
using pmp::test::client_beside_gateway;
using pmp::test::quick;
using pmp::test::run_until;
using pmp::test::socket_gateway;
using pmp::test::tcp_of;

BOOST_FIXTURE_TEST_SUITE(a_wait_for_an_event, client_beside_gateway)

BOOST_AUTO_TEST_CASE(ends_when_it_is_cancelled) {
    std::optional<pmp::error_code> error;
    client->async_next_event(asio::bind_cancellation_slot(
        stop.slot(), [&](pmp::error_code result, pmp::event const&) { error = result; }
    ));
    pmp::test::run_ready(io);
    BOOST_TEST(!error.has_value());

    cancel();
    pmp::test::run_ready(io);

    BOOST_REQUIRE(error.has_value());
    BOOST_TEST((*error == asio::error::operation_aborted));
}

BOOST_AUTO_TEST_CASE(keeps_the_context_running) {
    read_events();

    io.run_for(10ms);

    BOOST_TEST(!io.stopped());
}

BOOST_AUTO_TEST_CASE(is_the_only_one_at_a_time) {
    read_events();
    std::optional<pmp::error_code> second;

    client->async_next_event([&](pmp::error_code error, pmp::event const&) { second = error; });
    pmp::test::run_ready(io);

    BOOST_REQUIRE(second.has_value());
    BOOST_TEST((*second == asio::error::already_started));
}

BOOST_AUTO_TEST_CASE(finds_what_happened_before_it_and_ends_with_the_run) {
    client->set_mappings({tcp_of(80)});
    start();
    holds(1);
    cancel();
    ends();
    read_events();

    BOOST_TEST(run_until(io, [&] { return end_of_events.has_value(); }));

    BOOST_TEST((end_of_events == asio::error::operation_aborted));
    BOOST_REQUIRE_EQUAL(events.size(), 2U);
    BOOST_CHECK(events[0].kind == event_kind::gateway_found);
    BOOST_CHECK(events[1].kind == event_kind::released);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A program in one coroutine, which owns its client.
asio::awaitable<void> hold_one_mapping(pmp::ip_address gateway, bool& held) {
    pmp::client client{
        co_await asio::this_coro::executor, pmp::memory{pmp::make_secret(), {}}, quick()};
    pmp::gateway_settings settings;
    settings.address = gateway;
    client.set_gateways({settings});
    client.set_mappings({tcp_of(80)});
    client.async_run([](pmp::error_code) {});
    for (;;) {
        auto const event = co_await client.async_next_event(asio::use_awaitable);
        held = held || event.kind == event_kind::acquired;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_program_of_coroutines)

BOOST_AUTO_TEST_CASE(may_end_in_the_middle_of_everything) {
    bool held = false;
    {
        asio::io_context io;
        socket_gateway gateway{io, at_this_process()};
        asio::co_spawn(io, hold_one_mapping(address_of_this_process(), held), asio::detached);
        run_until(io, [&] { return held; });
    }

    // What is left behind is for a leak checker to find.
    BOOST_TEST(held);
}

BOOST_AUTO_TEST_CASE(can_be_cancelled_and_releases) {
    asio::io_context io;
    socket_gateway gateway{io, at_this_process()};
    pmp::client client{io.get_executor(), pmp::memory{pmp::make_secret(), {}}, quick()};
    pmp::gateway_settings settings;
    settings.address = address_of_this_process();
    client.set_gateways({settings});
    client.set_mappings({tcp_of(80)});
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    asio::co_spawn(
        io,
        client.async_run(asio::use_awaitable),
        asio::bind_cancellation_slot(
            stop.slot(), [&](std::exception_ptr const& thrown) { failure = thrown; }
        )
    );
    run_until(io, [&] { return client.leases().size() == 1; });

    stop.emit(asio::cancellation_type::terminal);
    run_until(io, [&] { return failure != nullptr; });

    BOOST_CHECK_THROW(std::rethrow_exception(failure), boost::system::system_error);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()