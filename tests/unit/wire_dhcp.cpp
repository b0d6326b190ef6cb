// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "wire/dhcp.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using pmp::fault;
using pmp::test::address;
using pmp::test::error_of;
using pmp::test::for_each_truncation;
using pmp::test::hex;
using pmp::test::join;
using pmp::wire::bytes;

namespace dhcp = pmp::wire::dhcp;

namespace {

using servers = std::vector<dhcp::pcp_server>;

auto const v4_option = hex("9e 0e"                // code 158, 14 octets
                           "08 c0000201 c0000202" // a server with two addresses
                           "04 c6336401");        // another with one

auto const v6_option = hex("0056 0020"                          // code 86, 32 octets
                           "20010db8000000000000000000000001"   // 2001:db8::1
                           "00000000000000000000ffffc0000201"); // 192.0.2.1

servers decoded_v4(bytes const& options) {
    auto const out = dhcp::decode_v4(options);
    BOOST_REQUIRE(out.has_value());
    return *out;
}

servers decoded_v6(bytes const& options) {
    auto const out = dhcp::decode_v6(options);
    BOOST_REQUIRE(out.has_value());
    return *out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_dhcp)

BOOST_AUTO_TEST_CASE(decodes_each_list_of_option_158_as_a_server) {
    servers const expected = {
        {address("192.0.2.1"), address("192.0.2.2")}, {address("198.51.100.1")}};

    BOOST_TEST((decoded_v4(v4_option) == expected));
}

BOOST_AUTO_TEST_CASE(joins_the_instances_of_option_158) {
    auto const cut_inside_an_address = hex("9e 03 08c000"
                                           "9e 0b 0201c0000202 04c6336401");

    BOOST_TEST((decoded_v4(cut_inside_an_address) == decoded_v4(v4_option)));
}

BOOST_AUTO_TEST_CASE(decodes_each_instance_of_option_86_as_a_server) {
    servers const expected = {
        {address("2001:db8::1"), address("192.0.2.1")}, {address("2001:db8::2")}};
    auto const second = hex("0056 0010 20010db8000000000000000000000002");

    BOOST_TEST((decoded_v6(join(v6_option, second)) == expected));
}

BOOST_AUTO_TEST_CASE(leaves_out_multicast_and_loopback_addresses) {
    auto const v4 = hex("9e 0d 0c 7f000001 e0000001 c0000201");
    auto const v6 = hex("0056 0040"
                        "ff020000000000000000000000000001"
                        "00000000000000000000000000000001"
                        "00000000000000000000ffff7f000001"
                        "20010db8000000000000000000000001");

    BOOST_TEST((decoded_v4(v4) == servers{{address("192.0.2.1")}}));
    BOOST_TEST((decoded_v6(v6) == servers{{address("2001:db8::1")}}));
}

BOOST_AUTO_TEST_CASE(leaves_out_servers_without_an_address) {
    BOOST_TEST(decoded_v4(hex("9e 05 04 7f000001")).empty());
    BOOST_TEST(decoded_v6(hex("0056 0010 ff020000000000000000000000000001")).empty());
}

BOOST_AUTO_TEST_CASE(refuses_every_truncation) {
    for_each_truncation(v4_option, [](bytes const& cut) {
        BOOST_TEST(error_of(dhcp::decode_v4(cut)) == fault::truncated);
    });
    for_each_truncation(v6_option, [](bytes const& cut) {
        BOOST_TEST(error_of(dhcp::decode_v6(cut)) == fault::truncated);
    });
}

BOOST_AUTO_TEST_CASE(refuses_lengths_that_hold_no_whole_addresses) {
    for (auto const* text :
         {"9e00", "9e0100", "9e0403c00002", "9e0605c000020100", "9e0508c0000201"}) {
        BOOST_TEST(error_of(dhcp::decode_v4(hex(text))) == fault::bad_length, text);
    }
    BOOST_TEST(error_of(dhcp::decode_v6(hex("0056 0000"))) == fault::bad_length);
    BOOST_TEST(error_of(dhcp::decode_v6(join(hex("0056 0014"), bytes(20)))) == fault::bad_length);
}

BOOST_AUTO_TEST_CASE(refuses_other_options) {
    BOOST_TEST(error_of(dhcp::decode_v4(hex("03 04 c0000201"))) == fault::bad_opcode);
    BOOST_TEST(error_of(dhcp::decode_v6(join(hex("0017 0010"), bytes(16)))) == fault::bad_opcode);
}

BOOST_AUTO_TEST_SUITE_END()
