// SPDX-License-Identifier: MIT
#include <pmp/endpoint.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(endpoints)

BOOST_AUTO_TEST_CASE(print_with_brackets_around_ipv6) {
    BOOST_TEST(pmp::to_string({boost::asio::ip::make_address("192.0.2.1"), 80}) == "192.0.2.1:80");
    BOOST_TEST(
        pmp::to_string({boost::asio::ip::make_address("2001:db8::1"), 80}) == "[2001:db8::1]:80"
    );
}

BOOST_AUTO_TEST_CASE(are_public_outside_of_what_is_set_apart) {
    for (auto const* text :
         {"0.0.0.0",
          "10.255.255.255",
          "100.64.0.0",
          "100.127.255.255",
          "127.0.0.1",
          "169.254.1.1",
          "172.16.0.1",
          "172.31.255.255",
          "192.0.0.8",
          "192.88.99.1",
          "192.168.0.1",
          "224.0.0.1",
          "255.255.255.255",
          "::1",
          "fe80::1",
          "fd00::1"}) {
        BOOST_TEST(!pmp::is_public(boost::asio::ip::make_address(text)), text);
    }
    for (auto const* text :
         {"1.1.1.1",
          "9.255.255.255",
          "100.63.255.255",
          "100.128.0.0",
          "172.15.0.1",
          "172.32.0.0",
          "192.0.1.0",
          "223.255.255.255",
          "2606::1"}) {
        BOOST_TEST(pmp::is_public(boost::asio::ip::make_address(text)), text);
    }
}

BOOST_AUTO_TEST_CASE(of_documentation_and_of_benchmarks_count_as_any_other) {
    for (auto const* text :
         {"192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.7"}) {
        BOOST_TEST(pmp::is_public(boost::asio::ip::make_address(text)), text);
    }
}

BOOST_AUTO_TEST_CASE(that_a_provider_shares_are_told_from_private_ones) {
    auto const use = [](char const* text) {
        return pmp::use_of(boost::asio::ip::make_address(text));
    };

    BOOST_TEST((use("100.64.0.1") == pmp::special_use::shared));
    BOOST_TEST((use("192.0.0.2") == pmp::special_use::shared));
    BOOST_TEST((use("192.168.0.2") == pmp::special_use::private_use));
    BOOST_TEST((use("fd00::1") == pmp::special_use::private_use));
}

BOOST_AUTO_TEST_SUITE_END()
