// SPDX-License-Identifier: MIT
#include "net/adapters_windows.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>

using pmp::net::local_address_of;
using pmp::net::usable;

namespace {

/// 2001:db8::7/64, as Windows lists what it made for a router's prefix.
struct listed {
    listed() {
        address.sin6_family = AF_INET6;
        address.sin6_addr = std::bit_cast<in6_addr>(home.to_bytes());
        entry.Address.lpSockaddr = reinterpret_cast<sockaddr*>(&address);
        entry.Address.iSockaddrLength = sizeof address;
        entry.OnLinkPrefixLength = 64;
        entry.PrefixOrigin = IpPrefixOriginRouterAdvertisement;
        entry.SuffixOrigin = IpSuffixOriginLinkLayerAddress;
        entry.DadState = IpDadStatePreferred;
        entry.ValidLifetime = 86400;
        entry.PreferredLifetime = 14400;
    }

    boost::asio::ip::address_v6 const home = boost::asio::ip::make_address_v6("2001:db8::7");
    sockaddr_in6 address{};
    IP_ADAPTER_UNICAST_ADDRESS entry{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_address_that_windows_lists, listed)

BOOST_AUTO_TEST_CASE(lasts_where_nothing_speaks_against_it) {
    pmp::net::local_address const expected{home, 64, false, false};

    BOOST_CHECK(local_address_of(entry) == expected);
}

BOOST_AUTO_TEST_CASE(is_temporary_where_its_end_was_drawn_for_a_routers_prefix) {
    entry.SuffixOrigin = IpSuffixOriginRandom;

    BOOST_TEST(local_address_of(entry).temporary);
}

BOOST_AUTO_TEST_CASE(is_not_temporary_where_somebody_else_gave_it) {
    for (auto const origin : {IpPrefixOriginManual, IpPrefixOriginDhcp, IpPrefixOriginWellKnown}) {
        entry.PrefixOrigin = origin;
        entry.SuffixOrigin = IpSuffixOriginRandom;

        BOOST_TEST(!local_address_of(entry).temporary);
    }
}

BOOST_AUTO_TEST_CASE(is_deprecated_where_windows_says_so) {
    entry.DadState = IpDadStateDeprecated;

    BOOST_TEST(local_address_of(entry).deprecated);
    BOOST_TEST(usable(entry));
}

BOOST_AUTO_TEST_CASE(is_not_used_before_it_is_known_that_no_other_host_has_it) {
    BOOST_TEST(usable(entry));

    for (auto const state : {IpDadStateInvalid, IpDadStateTentative, IpDadStateDuplicate}) {
        entry.DadState = state;

        BOOST_TEST(!usable(entry));
    }
}

BOOST_AUTO_TEST_CASE(is_deprecated_where_nothing_is_left_of_its_preferred_lifetime) {
    entry.PreferredLifetime = 0;

    BOOST_TEST(local_address_of(entry).deprecated);
}

BOOST_AUTO_TEST_SUITE_END()
