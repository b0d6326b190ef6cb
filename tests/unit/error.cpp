// SPDX-License-Identifier: MIT
#include <pmp/error.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(carry_the_name_of_their_standard) {
    BOOST_TEST(pmp::result_name(pmp::pcp_result::no_resources) == "NO_RESOURCES");
    BOOST_TEST(pmp::result_name(pmp::nat_pmp_result::out_of_resources) == "Out of resources");
    BOOST_TEST(pmp::result_name(pmp::fault::gateway_silent) == "gateway_silent");
}

BOOST_AUTO_TEST_CASE(of_different_protocols_ask_for_the_same_reaction) {
    pmp::error_code const by_pcp = pmp::pcp_result::network_failure;
    pmp::error_code const by_nat_pmp = pmp::nat_pmp_result::network_failure;

    BOOST_TEST((by_pcp == pmp::reaction::try_later));
    BOOST_TEST((by_nat_pmp == pmp::reaction::try_later));
    BOOST_TEST((by_pcp != by_nat_pmp));
}

BOOST_AUTO_TEST_CASE(of_upnp_services_are_kept_apart) {
    pmp::error_code const connection(704, pmp::upnp_category());
    pmp::error_code const firewall = pmp::upnp_firewall_result::no_such_entry;

    BOOST_TEST((connection != firewall));
    BOOST_TEST(pmp::result_name(firewall) == "NoSuchEntry");
    BOOST_TEST(pmp::result_name(connection) == "upnp");
    BOOST_TEST(
        pmp::result_name(pmp::upnp_result::only_permanent_leases_supported) ==
        "OnlyPermanentLeasesSupported"
    );
    pmp::error_code const taken = pmp::upnp_result::conflict_in_mapping_entry;
    BOOST_TEST((taken == pmp::reaction::port_taken));
}

BOOST_AUTO_TEST_CASE(with_unknown_numbers_stay_failures) {
    pmp::error_code const unknown(200, pmp::pcp_category());

    BOOST_TEST(unknown.failed());
    BOOST_TEST(unknown.message() == "the gateway failed with result 200");
    BOOST_TEST((unknown != pmp::reaction::try_later));
}

BOOST_AUTO_TEST_SUITE_END()
