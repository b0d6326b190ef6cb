// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "parsing.hpp"

using boost::asio::ip::make_address;

namespace {

std::string complaint_about_gateway(std::string const& gateway) {
    return complaint_about("gateways: {g: " + gateway + "}\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_gateways)

BOOST_AUTO_TEST_CASE(are_one_found_from_the_default_route_without_any_in_the_file) {
    BOOST_REQUIRE(accepted("").gateways.size() == 1U);
    BOOST_TEST((accepted("").gateways.front() == pmp::gateway_settings{}));
    BOOST_TEST((accepted("gateways: {}").gateways.front() == pmp::gateway_settings{}));
}

BOOST_AUTO_TEST_CASE(take_everything_from_the_file_in_its_order) {
    auto const read = accepted("gateways:\n"
                               "  vpn:\n"
                               "    address: 10.2.0.1\n"
                               "    interface: wg0\n"
                               "    source: 10.2.0.2\n"
                               "    protocols: [nat-pmp, pcp]\n"
                               "  default: {address: auto, interface: auto, source: auto}\n");

    pmp::gateway_settings vpn;
    vpn.name = "vpn";
    vpn.address = make_address("10.2.0.1");
    vpn.interface = "wg0";
    vpn.source = make_address("10.2.0.2");
    vpn.protocols = {pmp::dialect_id::nat_pmp, pmp::dialect_id::pcp};
    BOOST_REQUIRE(read.gateways.size() == 2U);
    BOOST_TEST((read.gateways.at(0) == vpn));
    BOOST_TEST((read.gateways.at(1) == pmp::gateway_settings{}));
}

BOOST_AUTO_TEST_CASE(may_be_on_this_machine) {
    auto const read = accepted("gateways: {default: {address: 127.0.0.1, source: 127.0.0.1}}");

    BOOST_TEST((read.gateways.front().address == make_address("127.0.0.1")));
}

BOOST_AUTO_TEST_CASE(have_the_address_of_one_host) {
    auto const complaint = [](std::string const& address) {
        return complaint_about_gateway("{address: '" + address + "'}");
    };
    std::string const at = "1:25: gateways.g.address: '";
    std::string const instead = "; write the gateway's address, or auto";

    BOOST_TEST(complaint("224.0.0.1") == at + "224.0.0.1' is a multicast address" + instead);
    BOOST_TEST(
        complaint("255.255.255.255") == at + "255.255.255.255' is the broadcast address" + instead
    );
    BOOST_TEST(complaint("0.0.0.0") == at + "0.0.0.0' is no host's address" + instead);
    for (std::string const text :
         {"router.lan", "10.2.0", "10.2.0.256", "10.2.0.1:5351", "", "10.2.0.1/24"})
        BOOST_TEST(complaint(text) == joined({at, text, "' is not an IP address", instead}), text);
}

BOOST_AUTO_TEST_CASE(have_a_source_that_can_reach_the_address) {
    BOOST_TEST(
        complaint_about_gateway("{address: 10.2.0.1, source: 'fe80::1'}") ==
        "1:43: gateways.g.source: an IPv6 address cannot reach the gateway's IPv4 address "
        "10.2.0.1; write an IPv4 address, or auto"
    );
    BOOST_TEST(
        complaint_about_gateway("{source: 0.0.0.0}") ==
        "1:24: gateways.g.source: '0.0.0.0' is no host's address; write an address of this "
        "machine, or auto"
    );
}

BOOST_AUTO_TEST_CASE(have_interfaces_of_which_a_wrong_one_is_told_with_its_place) {
    BOOST_TEST(
        complaint_about_gateway("{interface: ''}") ==
        joined(
            {"1:27: gateways.g.interface: the name of an interface cannot be empty; write a name "
             "such as ",
             pmp::config::example_interface(),
             ", or auto"}
        )
    );
}

BOOST_AUTO_TEST_CASE(have_a_list_of_protocols) {
    auto const complaint = [](std::string const& protocols) {
        return complaint_about_gateway("{protocols: " + protocols + "}");
    };

    BOOST_TEST(
        complaint("[]") ==
        "1:27: gateways.g.protocols: the list is empty; write some of pcp, nat-pmp and upnp, "
        "best first"
    );
    BOOST_TEST(
        complaint("pcp") ==
        "1:27: gateways.g.protocols: must be a list such as [pcp, nat-pmp, upnp], not 'pcp'"
    );
    BOOST_TEST(
        complaint("[pcp, natpmp]") ==
        "1:33: gateways.g.protocols[1]: 'natpmp' is not known here; did you mean 'nat-pmp'?"
    );
    BOOST_TEST(
        complaint("[pcp, pcp]") ==
        "1:33: gateways.g.protocols[1]: 'pcp' is in the list twice; keep one of them"
    );
    BOOST_TEST(
        complaint("[[pcp]]") ==
        "1:28: gateways.g.protocols[0]: must be pcp, nat-pmp or upnp, not a list"
    );
}

BOOST_AUTO_TEST_CASE(may_be_asked_by_upnp) {
    using pmp::dialect_id;
    auto const read = accepted("gateways: {g: {protocols: [pcp, upnp], description_url: "
                               "'http://192.168.1.1:5000/root.xml'}}");

    BOOST_TEST((read.gateways.at(0).protocols == std::vector{dialect_id::pcp, dialect_id::igd}));
    BOOST_TEST(read.gateways.at(0).description_url == "http://192.168.1.1:5000/root.xml");
    BOOST_TEST(
        accepted("gateways: {g: {description_url: null}}").gateways.at(0).description_url == ""
    );
}

BOOST_AUTO_TEST_CASE(have_a_description_at_a_literal_address) {
    for (std::string const url : {"https://192.168.1.1/", "http://router/", "192.168.1.1"})
        BOOST_TEST(
            complaint_about_gateway("{description_url: '" + url + "'}") ==
                "1:33: gateways.g.description_url: '" + url +
                    "' is not the URL of a gateway's description; write one such as "
                    "http://192.168.1.1:5000/root.xml, with the gateway's IPv4 address",
            url
        );
}

BOOST_AUTO_TEST_CASE(have_different_names) {
    BOOST_TEST(
        complaint_about("gateways:\n  vpn:\n  vpn:\n") ==
        "3:3: gateways: the name 'vpn' is already used at line 2; keep one of them"
    );
}

BOOST_AUTO_TEST_CASE(have_names_that_can_be_printed) {
    BOOST_TEST(
        complaint_about("gateways: {\"a\\tb\": }") ==
        "1:12: gateways: the name 'a\\tb' holds control characters; write it without"
    );
    BOOST_TEST(
        complaint_about("gateways: {? [vpn] : {}}") ==
        "1:14: gateways: a gateway needs a name; write a word before the ':'"
    );
}

BOOST_AUTO_TEST_CASE(with_an_unknown_key_are_refused) {
    BOOST_TEST(
        complaint_about_gateway("{adress: auto}") ==
        "1:16: gateways.g: unknown key 'adress'; did you mean 'address'?"
    );
}

BOOST_AUTO_TEST_SUITE_END()
