// SPDX-License-Identifier: MIT
#include "daemon/status_line.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(status_line)

using pmp::lease_state;

namespace {

pmp::standing mapping_in(lease_state state) {
    pmp::standing out;
    out.state = state;
    return out;
}

pmp::gateway_standing gateway_at(char const* address) {
    pmp::gateway_standing out;
    out.view.address = boost::asio::ip::make_address(address);
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(counts_what_is_held_and_names_each_gateway) {
    auto lan = gateway_at("192.168.1.1");
    lan.via = pmp::dialect_id::pcp;
    lan.external_address = boost::asio::ip::make_address("203.0.113.7");
    auto vpn = gateway_at("10.2.0.1");
    vpn.via = pmp::dialect_id::nat_pmp;

    auto const line = pmpd::status_line(
        {mapping_in(lease_state::held),
         mapping_in(lease_state::renewing),
         mapping_in(lease_state::recovering),
         mapping_in(lease_state::releasing)},
        {lan, vpn},
        true
    );

    BOOST_TEST(line == "2 of 3 held, 203.0.113.7 by pcp, no external address by nat-pmp");
}

BOOST_AUTO_TEST_CASE(says_who_does_not_answer) {
    auto const line =
        pmpd::status_line({mapping_in(lease_state::requesting)}, {gateway_at("192.168.1.1")}, true);

    BOOST_TEST(line == "0 of 1 held, no answer from 192.168.1.1");
}

BOOST_AUTO_TEST_CASE(says_that_there_is_no_gateway) {
    BOOST_TEST(
        pmpd::status_line({mapping_in(lease_state::idle)}, {}, true) == "0 of 1 held, no gateway"
    );
}

BOOST_AUTO_TEST_CASE(says_that_there_is_nothing_to_keep) {
    BOOST_TEST(pmpd::status_line({}, {gateway_at("192.168.1.1")}, true) == "no mappings");
}

BOOST_AUTO_TEST_CASE(says_that_the_file_is_not_in_force) {
    BOOST_TEST(
        pmpd::status_line({}, {}, false) ==
        "no mappings; the file has errors and is not in force: see the log"
    );
}

BOOST_AUTO_TEST_SUITE_END()
