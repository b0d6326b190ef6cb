// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "parsing.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

using boost::asio::ip::make_address;
using pmp::address_family;

namespace {

std::string complaint_about_both(std::string const& gateway, std::string const& mapping) {
    return complaint_about("gateways: {g: " + gateway + "}\nmappings: [" + mapping + "]\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_families)

BOOST_AUTO_TEST_CASE(a_mapping_is_of_ipv4_where_the_file_does_not_say) {
    BOOST_TEST((mappings_of("{protocol: tcp, internal: 22}").front().family == address_family::ipv4)
    );
}

BOOST_AUTO_TEST_CASE(a_pinhole_asks_for_the_internal_port) {
    auto const read = mappings_of("{name: ssh, protocol: tcp, internal: 22, address_family: ipv6}");

    BOOST_REQUIRE(read.size() == 1U);
    BOOST_TEST(read.front().name == "ssh");
    BOOST_TEST((read.front().family == address_family::ipv6));
    BOOST_TEST(read.front().suggested.port == 22);
}

BOOST_AUTO_TEST_CASE(both_families_are_two_mappings_of_one_port) {
    auto const read =
        mappings_of("{name: ssh, protocol: tcp, internal: 22, external: 2222, address_family: both}"
        );

    BOOST_REQUIRE(read.size() == 2U);
    BOOST_TEST(read.front().name == "ssh-ipv4");
    BOOST_TEST((read.front().family == address_family::ipv4));
    BOOST_TEST(read.front().suggested.port == 2222);
    BOOST_TEST(read.back().name == "ssh-ipv6");
    BOOST_TEST((read.back().family == address_family::ipv6));
    BOOST_TEST(read.back().suggested.port == 22);
}

BOOST_AUTO_TEST_CASE(both_families_and_both_protocols_are_four_mappings) {
    auto const read =
        mappings_of("{name: dns, protocol: both, internal: 5353, address_family: both}");

    std::vector<std::string> names(read.size());
    std::transform(read.begin(), read.end(), names.begin(), [](auto const& m) { return m.name; });
    std::vector<std::string> const expected = {
        "dns-tcp-ipv4", "dns-udp-ipv4", "dns-tcp-ipv6", "dns-udp-ipv6"};
    BOOST_TEST(names == expected);
}

BOOST_AUTO_TEST_CASE(one_port_may_be_mapped_in_each_family_by_itself) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {protocol: tcp, internal: 22}\n"
                        "  - {name: v6, protocol: tcp, internal: 22, address_family: ipv6}\n") == ""
    );
}

BOOST_AUTO_TEST_CASE(a_port_is_mapped_once_in_each_family) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: a, protocol: tcp, internal: 22, address_family: both}\n"
                        "  - {name: b, protocol: tcp, internal: 22, address_family: ipv6}\n") ==
        "3:40: mappings[1].internal: tcp port 22 over IPv6 at gateway 'default' is already mapped "
        "by 'a-ipv6' at line 2; remove one of the two"
    );
}

BOOST_AUTO_TEST_CASE(a_pinhole_has_no_other_port) {
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: 22, external: 23, address_family: ipv6}"
        ) == "1:52: mappings[0].external: an IPv6 pinhole has no other port than the internal one; "
             "remove the key"
    );
}

BOOST_AUTO_TEST_CASE(a_pinhole_is_for_this_machine_alone) {
    BOOST_TEST(
        complaint_about_mapping(
            "{protocol: tcp, internal: 22, host: 192.168.1.20, address_family: both}"
        ) == "1:48: mappings[0].host: an IPv6 pinhole is for this machine alone; remove the key, "
             "or run pmpd on the other machine"
    );
}

BOOST_AUTO_TEST_CASE(addresses_of_ipv4_keep_nobody_out_of_a_pinhole) {
    BOOST_TEST(
        complaint_about_mapping(
            "{protocol: tcp, internal: 22, allow: [198.51.100.7], address_family: both}"
        ) == "1:49: mappings[0].allow: IPv4 addresses say nothing of who is let in over IPv6; "
             "write 'address_family: ipv4', or remove the key"
    );
}

BOOST_AUTO_TEST_CASE(a_gateway_with_an_address_is_of_its_family_alone) {
    BOOST_TEST(
        complaint_about_both(
            "{address: 192.168.1.1}",
            "{protocol: tcp, internal: 22, gateway: g, address_family: ipv6}"
        ) == "2:70: mappings[0].address_family: the gateway 'g' has an IPv4 address, and is not "
             "asked for others; write 'address: auto' there, or another 'address_family' here"
    );
}

BOOST_AUTO_TEST_CASE(a_gateway_of_ipv6_maps_no_ipv4) {
    BOOST_TEST(
        complaint_about_both(
            "{address: '2001:db8::1'}", "{protocol: tcp, internal: 22, gateway: g}"
        ) == "2:12: mappings[0]: the gateway 'g' has an IPv6 address, and is not asked for others; "
             "write 'address: auto' there, or another 'address_family' here"
    );
}

BOOST_AUTO_TEST_CASE(nat_pmp_opens_no_pinhole) {
    BOOST_TEST(
        complaint_about_both(
            "{protocols: [nat-pmp]}",
            "{protocol: tcp, internal: 22, gateway: g, address_family: ipv6}"
        ) == "2:70: mappings[0].address_family: NAT-PMP has no words for IPv6; write pcp in "
             "'protocols' of the gateway 'g', or ipv4 here"
    );
}

BOOST_AUTO_TEST_CASE(a_link_local_gateway_may_bring_its_interface) {
    auto const read = accepted("gateways: {g: {address: 'fe80::1%eth0'}}").gateways.front();

    BOOST_TEST((read.address == make_address("fe80::1")));
    BOOST_TEST(read.interface == "eth0");
}

BOOST_AUTO_TEST_CASE(a_link_local_gateway_needs_an_interface) {
    BOOST_TEST(
        complaint_about("gateways: {g: {address: 'fe80::1'}}") ==
        "1:25: gateways.g.address: a link-local address needs an interface; write it as "
        "'interface', or behind the address: fe80::1%" +
            std::string(pmp::config::example_interface())
    );
    BOOST_TEST(complaint_about("gateways: {g: {address: 'fe80::1', interface: eth0}}") == "");
}

BOOST_AUTO_TEST_CASE(a_link_local_gateway_is_on_one_interface) {
    BOOST_TEST(
        complaint_about("gateways: {g: {address: 'fe80::1%eth0', interface: eth1}}") ==
        "1:25: gateways.g.address: the interface behind the '%' is not the one of 'interface'; "
        "keep one of the two"
    );
}

BOOST_AUTO_TEST_CASE(an_address_of_ipv6_is_that_of_one_host) {
    auto const complaint = [](std::string const& address) {
        return complaint_about("gateways: {g: {address: '" + address + "'}}");
    };
    std::string const at = "1:25: gateways.g.address: '";
    std::string const instead = "; write the gateway's address, or auto";

    BOOST_TEST(complaint("::") == at + "::' is no host's address" + instead);
    BOOST_TEST(complaint("ff02::1") == at + "ff02::1' is a multicast address" + instead);
    BOOST_TEST(
        complaint("::ffff:192.0.2.1") ==
        at + "::ffff:192.0.2.1' is an IPv4 address in the form of an IPv6 one" + instead
    );
}

BOOST_AUTO_TEST_SUITE_END()
