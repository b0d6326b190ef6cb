// SPDX-License-Identifier: MIT
#include "net/route_monitor.hpp"
#include "net/running.hpp"
#include "net/source_address.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using pmp::net::route_monitor;
using pmp::test::started;

namespace {

pmp::ip_address const home = boost::asio::ip::address_v4::loopback();

struct host {
    boost::asio::io_context io;
    route_monitor monitor{io.get_executor(), {50ms, 150ms}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_route_monitor, host)

BOOST_AUTO_TEST_CASE(reads_interfaces_and_addresses) {
    auto const known = monitor.read().value();

    auto const* const owner = pmp::net::owner_of(known, home);
    BOOST_REQUIRE(owner);
    BOOST_TEST(owner->loopback);
    BOOST_TEST(owner->running);
    BOOST_TEST(owner->index != 0U);
    BOOST_TEST(!owner->name.empty());
    BOOST_TEST(pmp::net::interface_name(owner->index) == owner->name);
}

BOOST_AUTO_TEST_CASE(takes_the_address_of_the_host_itself_for_lasting) {
    auto const known = monitor.read().value();

    auto const* const owner = pmp::net::owner_of(known, home);
    BOOST_REQUIRE(owner);
    BOOST_REQUIRE(!owner->addresses.empty());
    for (auto const& each : owner->addresses) {
        BOOST_TEST(!each.temporary);
        BOOST_TEST(!each.deprecated);
    }
}

BOOST_AUTO_TEST_CASE(reads_the_same_where_nothing_changes) {
    auto const known = monitor.read().value();

    BOOST_CHECK(monitor.read().value() == known);
    BOOST_CHECK(pmp::net::read_routes(io.get_executor()).value() == known);
}

BOOST_AUTO_TEST_CASE(tells_that_something_is_other_than_when_it_was_read) {
    // Nothing has been read yet, and this host has at least one interface.
    auto const error = pmp::test::finish(io, monitor.change());

    BOOST_TEST(!error);
}

BOOST_AUTO_TEST_CASE(waits_while_nothing_changes_until_it_is_closed) {
    monitor.read().value();
    started change{io, monitor.change()};
    pmp::test::run_ready(io);
    BOOST_TEST(!change.ended());

    monitor.close();

    BOOST_TEST((change.result() == boost::asio::error::operation_aborted));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_source_address)

BOOST_AUTO_TEST_CASE(towards_this_host_is_its_own) {
    boost::asio::io_context io;

    auto const source = pmp::net::source_towards(io.get_executor(), home, {}, {});

    BOOST_TEST(source.value() == home);
}

BOOST_AUTO_TEST_CASE(needs_the_interface) {
    boost::asio::io_context io;

    auto const source = pmp::net::source_towards(io.get_executor(), home, "none0", {});

    BOOST_TEST((source.error() == boost::system::errc::no_such_device));
}

BOOST_AUTO_TEST_SUITE_END()
