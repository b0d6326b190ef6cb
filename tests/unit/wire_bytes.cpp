// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "wire/bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

using pmp::test::address;
using pmp::test::hex;
using pmp::test::to_hex;
using pmp::wire::reader;
using pmp::wire::writer;

BOOST_AUTO_TEST_SUITE(wire_bytes)

BOOST_AUTO_TEST_CASE(are_read_in_network_order) {
    auto const data = hex("01 0203 04050607 c0000201 aabbcc");
    reader in(data);

    BOOST_TEST(in.u8() == 0x01);
    BOOST_TEST(in.u16() == 0x0203);
    BOOST_TEST(in.u32() == 0x04050607U);
    BOOST_TEST(in.ipv4() == address("192.0.2.1"));
    BOOST_TEST(to_hex(in.octets<2>()) == "aabb");
    BOOST_TEST(to_hex(in.take(1)) == "cc");
    BOOST_TEST(in.left() == 0U);
    BOOST_TEST(!in.overrun());
}

BOOST_AUTO_TEST_CASE(are_zero_past_the_end) {
    reader in({});

    BOOST_TEST(in.u8() == 0);
    BOOST_TEST(in.u16() == 0);
    BOOST_TEST(in.u32() == 0U);
    BOOST_TEST(in.ipv4() == address("0.0.0.0"));
    BOOST_TEST(in.ip128() == address("::"));
    BOOST_TEST(to_hex(in.octets<3>()) == "000000");
    BOOST_TEST(in.take(1).empty());
    BOOST_TEST(in.overrun());
}

BOOST_AUTO_TEST_CASE(are_never_read_in_part) {
    auto const data = hex("ffffff");
    reader in(data);

    auto const value = in.u32();

    BOOST_TEST(value == 0U);
    BOOST_TEST(in.left() == 0U);
    BOOST_TEST(in.overrun());
}

BOOST_AUTO_TEST_CASE(stay_overrun_once_they_were) {
    auto const data = hex("0102");
    reader in(data);
    in.skip(3);

    auto const nothing = in.take(0);

    BOOST_TEST(nothing.empty());
    BOOST_TEST(in.u8() == 0);
    BOOST_TEST(in.overrun());
}

BOOST_AUTO_TEST_CASE(are_not_overrun_by_taking_nothing_at_the_end) {
    reader in({});

    in.skip(0);

    BOOST_TEST(!in.overrun());
}

BOOST_AUTO_TEST_CASE(name_an_ipv4_address_with_all_of_its_96_leading_bits) {
    auto const data = hex("00000000000000000000ffffc0000201"
                          "00000000000000000000ffff00000000"
                          "00010000000000000000ffff01020304"
                          "00000000000000000000fffec0000201"
                          "00000000000000000000000000000000");
    reader in(data);

    BOOST_TEST(in.ip128() == address("192.0.2.1"));
    BOOST_TEST(in.ip128() == address("0.0.0.0"));
    BOOST_TEST(in.ip128() == address("1::ffff:1.2.3.4"));
    BOOST_TEST(in.ip128() == address("::fffe:c000:201"));
    BOOST_TEST(in.ip128() == address("::"));
}

BOOST_AUTO_TEST_CASE(are_written_in_network_order) {
    writer out;

    out.u8(0x01).u16(0x0203).u32(0x04050607).ipv4(address("192.0.2.1")).zeros(2);
    out.octets(hex("aabb"));

    BOOST_TEST(out.size() == 15U);
    auto const data = std::move(out).take();
    BOOST_TEST(to_hex(data) == "01020304050607c00002010000aabb");
}

BOOST_AUTO_TEST_CASE(hold_ipv4_addresses_as_mapped_ones) {
    writer out;

    out.ip128(address("192.0.2.1")).ip128(address("0.0.0.0")).ip128(address("2001:db8::1"));

    auto const data = std::move(out).take();
    BOOST_TEST(
        to_hex(data) == "00000000000000000000ffffc0000201"
                        "00000000000000000000ffff00000000"
                        "20010db8000000000000000000000001"
    );
}

BOOST_AUTO_TEST_CASE(hold_zeros_where_four_octets_cannot_hold_the_address) {
    writer out;

    out.ipv4(address("2001:db8::1"));

    auto const data = std::move(out).take();
    BOOST_TEST(to_hex(data) == "00000000");
}

BOOST_AUTO_TEST_SUITE_END()
