// SPDX-License-Identifier: MIT
#include "net/running.hpp"
#include "net/socket_gateway.hpp"

#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::test::run_until;
using pmp::test::socket_gateway;
using pmp::test::vice;

namespace {

/// A loopback address that no other test program uses at the same time.
pmp::ip_address address_of_this_process() {
    auto const process = static_cast<std::uint32_t>(::getpid());
    return asio::ip::address_v4{0x7f4d0000 | (process & 0xffff)};
}

pmp::mapping tcp(std::uint16_t port) {
    pmp::mapping mapping;
    mapping.name = "tcp-" + std::to_string(port);
    mapping.internal.port = port;
    mapping.suggested.port = port;
    return mapping;
}

pmp::client_settings quick() {
    pmp::client_settings settings;
    settings.engine.recovery_jitter = 10ms;
    return settings;
}

pmp::test::gateway_options at_this_process() {
    pmp::test::gateway_options options;
    options.address = address_of_this_process();
    return options;
}

/// While one of these lives, this process can open nothing.
class no_more_descriptors {
public:
    no_more_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto now = before_;
        now.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    no_more_descriptors(no_more_descriptors const&) = delete;
    no_more_descriptors& operator=(no_more_descriptors const&) = delete;

private:
    rlimit before_{};
};

/// A client and a gateway on the loopback interface.
struct loopback {
    loopback() {
        client.emplace(io.get_executor(), pmp::memory{pmp::make_secret(), {}}, quick());
        pmp::gateway_settings settings;
        settings.address = gateway.simulator().options().address;
        client->set_gateways({settings});
    }

    void start() {
        client->async_run(asio::bind_cancellation_slot(stop.slot(), [this](pmp::error_code error) {
            outcome = error;
        }));
    }

    void read_events() {
        client->async_next_event([this](pmp::error_code error, pmp::event event) {
            if (error) {
                end_of_events = error;
                return;
            }
            events.push_back(std::move(event));
            read_events();
        });
    }

    bool happens(event_kind kind) {
        return run_until(io, [&] {
            return std::any_of(events.begin(), events.end(), [&](pmp::event const& event) {
                return event.kind == kind;
            });
        });
    }

    bool holds(std::size_t leases) {
        return run_until(io, [&] { return client->leases().size() == leases; });
    }

    bool ends() {
        return run_until(io, [&] { return outcome.has_value(); });
    }

    void cancel() { stop.emit(asio::cancellation_type::terminal); }

    asio::io_context io;
    socket_gateway gateway{io, at_this_process()};
    std::optional<pmp::client> client;
    asio::cancellation_signal stop;
    std::optional<pmp::error_code> outcome;
    std::vector<pmp::event> events;
    std::optional<pmp::error_code> end_of_events;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_client, loopback)

BOOST_AUTO_TEST_CASE(acquires_leases_of_its_mappings) {
    client->set_mappings({tcp(80), tcp(443)});
    start();

    BOOST_TEST(holds(2));

    auto const leases = client->leases();
    BOOST_TEST(leases[0].mapping == "tcp-80");
    BOOST_TEST(leases[0].gateway.address == address_of_this_process());
    BOOST_TEST(leases[0].internal.address == asio::ip::make_address("127.0.0.1"));
    BOOST_TEST(leases[0].assigned.port == 80);
    BOOST_TEST(gateway.simulator().mappings() == 2U);
}

BOOST_AUTO_TEST_CASE(tells_its_events_in_their_order) {
    client->set_mappings({tcp(80)});
    read_events();
    start();

    BOOST_TEST(happens(event_kind::acquired));

    BOOST_REQUIRE_EQUAL(events.size(), 2U);
    BOOST_CHECK(events[0].kind == event_kind::gateway_found);
    BOOST_CHECK(events[1].kind == event_kind::acquired);
    BOOST_TEST(events[1].mapping == "tcp-80");
}

BOOST_AUTO_TEST_CASE(takes_mappings_and_gateways_while_it_runs) {
    client->set_gateways({});
    start();
    pmp::test::run_ready(io);
    pmp::gateway_settings settings;
    settings.address = address_of_this_process();

    client->set_mappings({tcp(80)});
    client->set_gateways({settings});

    BOOST_TEST(holds(1));
}

BOOST_AUTO_TEST_CASE(releases_a_mapping_that_is_not_wanted_any_more) {
    client->set_mappings({tcp(80), tcp(443)});
    read_events();
    start();
    holds(2);

    client->set_mappings({tcp(443)});

    BOOST_TEST(happens(event_kind::released));
    BOOST_TEST(gateway.simulator().mappings() == 1U);
    BOOST_TEST(client->leases().size() == 1U);
}

BOOST_AUTO_TEST_CASE(releases_all_when_it_is_cancelled) {
    client->set_release_timeout(1h);
    client->set_mappings({tcp(80), tcp(443)});
    start();
    holds(2);

    cancel();

    BOOST_TEST(ends());
    BOOST_TEST((outcome == asio::error::operation_aborted));
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(releases_nothing_without_time_for_it) {
    client->set_release_timeout(0ms);
    client->set_mappings({tcp(80)});
    start();
    holds(1);

    cancel();

    BOOST_TEST(ends());
    pmp::test::run_ready(io);
    BOOST_TEST(gateway.simulator().mappings() == 1U);
    BOOST_TEST(client->leases().size() == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_wait_longer_than_it_may_for_a_silent_gateway) {
    client->set_release_timeout(100ms);
    client->set_mappings({tcp(80), tcp(443)});
    start();
    holds(2);
    gateway.simulator().set({vice::silent, {}}, pmp::boot_clock::now());
    auto const heard = gateway.heard();
    auto const begin = pmp::boot_clock::now();

    cancel();

    BOOST_TEST(ends());
    BOOST_CHECK(pmp::boot_clock::now() - begin >= 100ms);
    BOOST_CHECK(pmp::boot_clock::now() - begin < 2s);
    pmp::test::run_ready(io);
    BOOST_TEST(gateway.heard() >= heard + 2);
}

BOOST_AUTO_TEST_CASE(sends_each_deletion_at_least_once_however_little_time_there_is) {
    std::vector<pmp::mapping> mappings;
    for (std::uint16_t port = 1000; port < 1040; ++port) {
        mappings.push_back(tcp(port));
    }
    client->set_release_timeout(1ms);
    client->set_mappings(mappings);
    start();
    holds(mappings.size());

    cancel();

    BOOST_TEST(ends());
    BOOST_TEST(run_until(io, [&] { return gateway.simulator().mappings() == 0; }));
}

BOOST_AUTO_TEST_CASE(ends_at_once_when_it_is_cancelled_again) {
    client->set_release_timeout(1h);
    client->set_mappings({tcp(80)});
    start();
    holds(1);
    gateway.simulator().set({vice::silent, {}}, pmp::boot_clock::now());
    cancel();
    pmp::test::run_ready(io);
    BOOST_TEST(!outcome.has_value());

    cancel();
    pmp::test::run_ready(io);

    BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_CASE(ends_at_once_where_there_is_nothing_to_release) {
    start();
    cancel();
    pmp::test::run_ready(io);

    BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_to_do_when_it_has_ended) {
    client->set_mappings({tcp(80)});
    start();
    holds(1);
    cancel();
    ends();
    gateway.close();

    io.restart();
    io.run_for(pmp::test::patience);

    BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(runs_again_after_it_has_ended) {
    client->set_mappings({tcp(80)});
    start();
    holds(1);
    cancel();
    ends();
    outcome.reset();

    start();

    BOOST_TEST(holds(1));
    BOOST_TEST(gateway.simulator().mappings() == 1U);
    BOOST_TEST(!outcome.has_value());
}

BOOST_AUTO_TEST_CASE(runs_once_at_a_time) {
    start();
    std::optional<pmp::error_code> second;

    client->async_run([&](pmp::error_code error) { second = error; });
    pmp::test::run_ready(io);

    BOOST_REQUIRE(second.has_value());
    BOOST_TEST((*second == asio::error::already_started));
    BOOST_TEST(!outcome.has_value());
}

BOOST_AUTO_TEST_CASE(ends_without_releasing_when_it_is_destroyed) {
    client->set_mappings({tcp(80)});
    start();
    holds(1);
    read_events();

    client.reset();

    BOOST_TEST(ends());
    BOOST_TEST((outcome == asio::error::operation_aborted));
    pmp::test::run_ready(io);
    BOOST_TEST(gateway.simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(does_nothing_while_nothing_happens) {
    client->set_mappings({tcp(80)});
    read_events();
    start();
    holds(1);
    // Answers to the last requests and the events of them.
    io.run_for(100ms);

    io.restart();
    auto const handlers = io.run_for(1s);

    BOOST_TEST(handlers == 0U);
}

BOOST_AUTO_TEST_CASE(tries_again_where_the_system_had_no_socket_left) {
    client->set_mappings({tcp(80)});
    std::vector<pmp::notice> notices;
    client->set_notice_handler([&](pmp::notice const& notice) { notices.push_back(notice); });
    start();
    {
        no_more_descriptors const for_now;
        pmp::test::run_ready(io);
    }

    BOOST_TEST(holds(1));

    auto const missing = std::find_if(notices.begin(), notices.end(), [](auto const& notice) {
        return notice.kind == pmp::notice_kind::no_gateway;
    });
    BOOST_REQUIRE(missing != notices.end());
    BOOST_TEST((missing->error == boost::system::errc::too_many_files_open));
    BOOST_TEST(!notices.back().error);
}

BOOST_AUTO_TEST_CASE(hears_a_mapping_update_at_the_port_that_asked) {
    client->set_mappings({tcp(80)});
    read_events();
    start();
    happens(event_kind::acquired);

    gateway.simulator().set_external_address(
        asio::ip::make_address("198.51.100.9"), pmp::boot_clock::now()
    );
    gateway.flush();

    BOOST_TEST(happens(event_kind::changed));
    BOOST_TEST(client->leases().front().assigned.address == asio::ip::make_address("198.51.100.9"));
}

BOOST_AUTO_TEST_CASE(notices_at_once_that_the_port_of_the_gateway_is_closed) {
    gateway.close();
    client->set_mappings({tcp(80)});
    read_events();
    start();

    BOOST_TEST(happens(event_kind::refused));

    BOOST_TEST((events.front().error == pmp::fault::gateway_unreachable));
}

BOOST_AUTO_TEST_CASE(believes_no_answer_from_another_address) {
    gateway.simulator().set({vice::answers_from_other_address, {}}, pmp::boot_clock::now());
    client->set_mappings({tcp(80)});
    read_events();
    start();

    run_until(io, [&] { return gateway.simulator().statistics().answers >= 2; });
    pmp::test::run_ready(io);

    BOOST_TEST(client->leases().empty());
    BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_wait_for_an_event, loopback)

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
    client->set_mappings({tcp(80)});
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
    client.set_mappings({tcp(80)});
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
    client.set_mappings({tcp(80)});
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
