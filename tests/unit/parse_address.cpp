// SPDX-License-Identifier: MIT
#include <pmp/parse_address.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::parse_address;

namespace {

std::string printed(std::string_view text) {
    auto const address = parse_address(text);
    return address ? address->to_string() : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_address_in_a_text)

BOOST_AUTO_TEST_CASE(is_four_decimal_numbers) {
    for (auto const* text : {"0.0.0.0", "10.0.0.1", "192.0.2.1", "255.255.255.255"}) {
        BOOST_TEST(printed(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(is_no_part_of_one) {
    for (auto const* text : {"", "10", "10.1", "10.0.1", "10.0.0.", ".10.0.0.1", "10.0.0.0.1"}) {
        BOOST_TEST(printed(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(has_no_other_base_than_ten) {
    for (auto const* text : {"010.0.0.1", "10.0.0.01", "0x0a.0.0.1", "10.0.0.00", "167772161"}) {
        BOOST_TEST(printed(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(has_nothing_around_it) {
    for (auto const* text :
         {" 10.0.0.1",
          "10.0.0.1 ",
          "10.0.0.1:80",
          "[2001:db8::1]",
          "[2001:db8::1]:80",
          "10.0.0.1/8",
          "2001:db8::1/64",
          "+10.0.0.1",
          "10.0.0.-1"}) {
        BOOST_TEST(printed(text) == "none", text);
    }
    BOOST_TEST(printed(std::string_view("10.0.0.1\0", 9)) == "none");
}

BOOST_AUTO_TEST_CASE(has_no_number_above_255) {
    BOOST_TEST(printed("10.0.0.256") == "none");
    BOOST_TEST(printed("10.0.0.4294967297") == "none");
}

BOOST_AUTO_TEST_CASE(is_eight_groups_of_hexadecimal_digits) {
    BOOST_TEST(printed("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2:3:4:5:6");
    BOOST_TEST(printed("2001:0DB8:0001:2:3:4:5:6") == "2001:db8:1:2:3:4:5:6");
}

BOOST_AUTO_TEST_CASE(may_leave_out_groups_that_are_zero_once) {
    BOOST_TEST(printed("::") == "::");
    BOOST_TEST(printed("::1") == "::1");
    BOOST_TEST(printed("2001:db8::") == "2001:db8::");
    BOOST_TEST(printed("2001:db8::1:0:0:1") == "2001:db8::1:0:0:1");
    BOOST_TEST(printed("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
}

BOOST_AUTO_TEST_CASE(may_end_with_one_of_ipv4) {
    BOOST_TEST((parse_address("::ffff:192.0.2.1") == parse_address("::ffff:c000:201")));
    BOOST_TEST((parse_address("64:ff9b::10.0.0.1") == parse_address("64:ff9b::a00:1")));
    BOOST_TEST((parse_address("1:2:3:4:5:6:0.7.0.8") == parse_address("1:2:3:4:5:6:7:8")));
    BOOST_TEST(printed("::192.0.2.1:1") == "none");
    BOOST_TEST(printed("192.0.2.1::") == "none");
    BOOST_TEST(printed("::ffff:192.0.2") == "none");
    BOOST_TEST(printed("1:2:3:4:5:6:7:192.0.2.1") == "none");
}

BOOST_AUTO_TEST_CASE(has_neither_too_few_groups_nor_too_many) {
    for (auto const* text :
         {":",
          ":::",
          "1:2:3:4:5:6:7",
          "1:2:3:4:5:6:7:",
          ":1:2:3:4:5:6:7",
          "1:2:3:4:5:6:7:8:9",
          "1:2:3:4::5:6:7:8",
          "1::2::3",
          "12345::",
          "g::",
          "::1:"}) {
        BOOST_TEST(printed(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(may_have_a_zone_where_it_is_of_ipv6) {
    auto const address = parse_address("fe80::1%7");

    BOOST_REQUIRE(address);
    BOOST_TEST(address->to_v6().scope_id() == 7U);
    BOOST_TEST(printed("10.0.0.1%7") == "none");
    BOOST_TEST(printed("fe80::1%") == "none");
}

BOOST_AUTO_TEST_SUITE_END()
