// SPDX-License-Identifier: MIT
#include "net/client_beside_gateway.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::test::client_beside_gateway;
using pmp::test::run_until;
using pmp::test::tcp_of;
using pmp::test::vice;

BOOST_FIXTURE_TEST_SUITE(a_client, client_beside_gateway)

BOOST_AUTO_TEST_CASE(releases_a_mapping_that_is_not_wanted_any_more) {
    client->set_mappings({tcp_of(80), tcp_of(443)});
    read_events();
    start();
    holds(2);

    client->set_mappings({tcp_of(443)});

    BOOST_TEST(happens(event_kind::released));
    BOOST_TEST(gateway.simulator().mappings() == 1U);
    BOOST_TEST(client->leases().size() == 1U);
}

BOOST_AUTO_TEST_CASE(releases_all_when_it_is_cancelled) {
    client->set_release_timeout(1h);
    client->set_mappings({tcp_of(80), tcp_of(443)});
    start();
    holds(2);

    cancel();

    BOOST_TEST(ends());
    BOOST_TEST((outcome == asio::error::operation_aborted));
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(releases_nothing_without_time_for_it) {
    client->set_release_timeout(0ms);
    client->set_mappings({tcp_of(80)});
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
    client->set_mappings({tcp_of(80), tcp_of(443)});
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
        mappings.push_back(tcp_of(port));
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
    client->set_mappings({tcp_of(80)});
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
    client->set_mappings({tcp_of(80)});
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
    client->set_mappings({tcp_of(80)});
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

BOOST_AUTO_TEST_CASE(ends_without_releasing_when_it_is_destroyed) {
    client->set_mappings({tcp_of(80)});
    start();
    holds(1);
    read_events();

    client.reset();

    BOOST_TEST(ends());
    BOOST_TEST((outcome == asio::error::operation_aborted));
    pmp::test::run_ready(io);
    BOOST_TEST(gateway.simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
