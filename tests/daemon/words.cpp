// SPDX-License-Identifier: MIT
#include "daemon/words.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(words)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(say_a_span_of_time_roughly) {
    BOOST_TEST(pmpd::in_words(0s) == "0 s");
    BOOST_TEST(pmpd::in_words(119s) == "119 s");
    BOOST_TEST(pmpd::in_words(2min) == "2 min");
    BOOST_TEST(pmpd::in_words(1799s) == "30 min");
    BOOST_TEST(pmpd::in_words(24h) == "24 h");
}

BOOST_AUTO_TEST_CASE(write_a_span_of_time_compactly) {
    BOOST_TEST(pmpd::compact(0s) == "0s");
    BOOST_TEST(pmpd::compact(59s) == "59s");
    BOOST_TEST(pmpd::compact(90s) == "1m30s");
    BOOST_TEST(pmpd::compact(30min) == "30m");
    BOOST_TEST(pmpd::compact(2h) == "2h");
    BOOST_TEST(pmpd::compact(5400s) == "1h30m");
    BOOST_TEST(pmpd::compact(24h) == "24h");
}

BOOST_AUTO_TEST_CASE(leave_an_unknown_address_out) {
    auto const known = boost::asio::ip::make_address("192.0.2.1");

    BOOST_TEST(pmpd::to_words(pmp::endpoint{known, 80}) == "192.0.2.1:80");
    BOOST_TEST(pmpd::to_words(pmp::endpoint{{}, 80}) == ":80");
}

BOOST_AUTO_TEST_CASE(name_an_error_as_its_standard_does) {
    BOOST_TEST(
        pmpd::to_words(pmp::pcp_result::no_resources) ==
        "the gateway has no room for another mapping at present (pcp NO_RESOURCES 8)"
    );
    BOOST_TEST(pmpd::to_words(pmp::fault::gateway_silent) == "the gateway does not answer");
}

BOOST_AUTO_TEST_SUITE_END()
