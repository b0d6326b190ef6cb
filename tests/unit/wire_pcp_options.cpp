// SPDX-License-Identifier: MIT
#include "unit/wire_pcp_messages.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using pmp::fault;
using pmp::test::address;
using pmp::test::announce_response_octets;
using pmp::test::error_of;
using pmp::test::for_each_truncation;
using pmp::test::hex;
using pmp::test::join;
using pmp::test::map_response_octets;
using pmp::test::to_hex;
using pmp::wire::bytes;

namespace pcp = pmp::wire::pcp;

namespace {

auto const third_party = hex("01 00 0010"                         // THIRD_PARTY
                             "00000000000000000000ffffc0a80114"); // 192.168.1.20
auto const prefer_failure = hex("02 00 0000");
auto const filter = hex("03 00 0014"                         // FILTER
                        "00 78 01bb"                         // reserved, prefix 96 + 24, port 443
                        "00000000000000000000ffffc6336400"); // 198.51.100.0
auto const third_party_id = hex("0d 00 0003"
                                "010203 00");
auto const description = hex("80 00 0005"
                             "6e67696e78 000000");    // "nginx", padding
auto const prefix64 = hex("81 00 001c"                // PREFIX64
                          "0008"                      // of 8 octets
                          "20010db801220344 00000000" // prefix and suffix
                          "0002"                      // two IPv4 prefixes
                          "0018 c0000200"             // 192.0.2.0/24
                          "0020 c6336401");           // 198.51.100.1/32
auto const prefix64_without_list = hex("81 00 000e"
                                       "000c"
                                       "0064ff9b0000000000000000"
                                       "0000");
auto const port_set = hex("82 00 0005"
                          "0020 c350 01" // 32 ports from 50000, parity
                          "000000");
auto const checkpoint_required = hex("c0 00 0000");
auto const unknown = hex("4d 00 0005 0102030405 000000");

std::vector<bytes> const all_options = {
    third_party,
    prefer_failure,
    filter,
    third_party_id,
    description,
    prefix64,
    prefix64_without_list,
    port_set,
    checkpoint_required,
    unknown,
};

/// The options of a MAP response that goes on with these octets.
std::vector<pcp::option> decoded(bytes const& options) {
    auto const message = pcp::decode_response(join(map_response_octets, options));
    BOOST_REQUIRE(message.has_value());
    return message->options;
}

template <class Option>
Option only(bytes const& options) {
    auto const list = decoded(options);
    BOOST_REQUIRE(list.size() == 1U);
    BOOST_REQUIRE(std::holds_alternative<Option>(list.front()));
    return std::get<Option>(list.front());
}

pmp::error_code error_of_options(bytes const& options) {
    return error_of(pcp::decode_response(join(map_response_octets, options)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_pcp_options)

BOOST_AUTO_TEST_CASE(decodes_a_third_party) {
    BOOST_TEST(only<pcp::third_party>(third_party).internal == address("192.168.1.20"));
}

BOOST_AUTO_TEST_CASE(decodes_prefer_failure) {
    BOOST_TEST((only<pcp::prefer_failure>(prefer_failure) == pcp::prefer_failure{}));
}

BOOST_AUTO_TEST_CASE(decodes_a_filter) {
    auto const option = only<pcp::filter>(filter);

    BOOST_TEST(option.prefix_length == 120);
    BOOST_TEST(option.remote_port == 443);
    BOOST_TEST(option.remote == address("198.51.100.0"));
}

BOOST_AUTO_TEST_CASE(decodes_the_id_of_a_third_party) {
    BOOST_TEST(to_hex(only<pcp::third_party_id>(third_party_id).id) == "010203");
}

BOOST_AUTO_TEST_CASE(decodes_a_description) {
    BOOST_TEST(only<pcp::description>(description).text == "nginx");
}

BOOST_AUTO_TEST_CASE(keeps_a_description_that_was_cut_inside_a_character) {
    BOOST_TEST(only<pcp::description>(hex("80000002 78c3 0000")).text == "x\xc3");
}

BOOST_AUTO_TEST_CASE(decodes_a_prefix64_with_its_list) {
    auto const option = only<pcp::prefix64>(prefix64);

    BOOST_TEST(option.prefix_octets == 8);
    BOOST_TEST(to_hex(option.octets) == "20010db80122034400000000");
    BOOST_TEST(option.has_list);
    BOOST_REQUIRE(option.ipv4_prefixes.size() == 2U);
    BOOST_TEST(option.ipv4_prefixes[0].length == 24);
    BOOST_TEST(option.ipv4_prefixes[0].address == address("192.0.2.0"));
    BOOST_TEST(option.ipv4_prefixes[1].length == 32);
    BOOST_TEST(option.ipv4_prefixes[1].address == address("198.51.100.1"));
}

BOOST_AUTO_TEST_CASE(decodes_a_prefix64_without_a_list) {
    auto const option = only<pcp::prefix64>(prefix64_without_list);

    BOOST_TEST(option.prefix_octets == 12);
    BOOST_TEST(!option.has_list);
    BOOST_TEST(option.ipv4_prefixes.empty());
}

BOOST_AUTO_TEST_CASE(decodes_a_port_set) {
    auto const option = only<pcp::port_set>(port_set);

    BOOST_TEST(option.size == 32);
    BOOST_TEST(option.first_internal_port == 50000);
    BOOST_TEST(option.parity);
}

BOOST_AUTO_TEST_CASE(ignores_the_reserved_bits_of_a_port_set) {
    BOOST_TEST(!only<pcp::port_set>(hex("82000005 0020c350fe 000000")).parity);
}

BOOST_AUTO_TEST_CASE(decodes_checkpoint_required) {
    BOOST_TEST((only<pcp::checkpoint_required>(checkpoint_required) == pcp::checkpoint_required{}));
}

BOOST_AUTO_TEST_CASE(keeps_options_that_it_does_not_understand) {
    for (auto const code : {0U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 77U, 200U, 255U}) {
        auto octets = hex("00 00 0001 aa 000000");
        octets[0] = static_cast<std::byte>(code);

        auto const option = only<pcp::other_option>(octets);

        BOOST_TEST(option.code == code);
        BOOST_TEST(to_hex(option.data) == "aa");
    }
}

BOOST_AUTO_TEST_CASE(reads_options_in_their_order) {
    auto const options = decoded(join(unknown, description, prefer_failure));

    BOOST_REQUIRE(options.size() == 3U);
    BOOST_TEST(std::holds_alternative<pcp::other_option>(options[0]));
    BOOST_TEST(std::holds_alternative<pcp::description>(options[1]));
    BOOST_TEST(std::holds_alternative<pcp::prefer_failure>(options[2]));
}

BOOST_AUTO_TEST_CASE(skips_padding_and_reserved_octets_whatever_they_hold) {
    auto const options = decoded(join(hex("80ff0005 6e67696e78 ffffff"), prefer_failure));

    BOOST_TEST((options == decoded(join(description, prefer_failure))));
}

BOOST_AUTO_TEST_CASE(reads_the_options_of_an_announcement) {
    auto const message =
        pcp::decode_response(join(announce_response_octets, prefix64_without_list));

    BOOST_REQUIRE(message.has_value());
    BOOST_TEST(message->options.size() == 1U);
}

BOOST_AUTO_TEST_CASE(gives_back_every_option_that_was_encoded) {
    for (auto const& octets : all_options) {
        pcp::response const response = {
            2, 0, 7200, 1, pmp::test::map_request().body, decoded(octets)};

        auto const datagram = encode(response);

        BOOST_TEST(to_hex(std::span(datagram).subspan(60)) == to_hex(octets));
    }
}

BOOST_AUTO_TEST_CASE(refuses_every_truncation_of_an_option) {
    for (auto const& whole : all_options) {
        for_each_truncation(join(map_response_octets, whole), [](bytes const& cut) {
            if (cut.size() > map_response_octets.size()) {
                auto const expected = cut.size() % 4 == 0 ? fault::bad_option : fault::bad_length;
                BOOST_TEST(error_of(pcp::decode_response(cut)) == expected);
            }
        });
    }
}

BOOST_AUTO_TEST_CASE(refuses_an_option_that_overruns_the_message) {
    BOOST_TEST(error_of_options(hex("80000040 61626364")) == fault::bad_option);
    BOOST_TEST(error_of_options(hex("c800ffff 61626364")) == fault::bad_option);
}

BOOST_AUTO_TEST_CASE(refuses_lengths_that_the_definition_forbids) {
    BOOST_TEST(error_of_options(hex("01000004 c0a80114")) == fault::bad_option);
    BOOST_TEST(error_of_options(join(hex("01000014"), bytes(20))) == fault::bad_option);
    BOOST_TEST(error_of_options(hex("02000001 00000000")) == fault::bad_option);
    BOOST_TEST(error_of_options(join(hex("03000010"), bytes(16))) == fault::bad_option);
    BOOST_TEST(error_of_options(join(hex("03000018"), bytes(24))) == fault::bad_option);
    BOOST_TEST(error_of_options(hex("82000004 0020c350")) == fault::bad_option);
    BOOST_TEST(error_of_options(hex("82000006 0020c3500000 0000")) == fault::bad_option);
    BOOST_TEST(error_of_options(hex("c0000004 00000000")) == fault::bad_option);
}

BOOST_AUTO_TEST_CASE(refuses_lengths_of_prefix64_between_those_of_its_lists) {
    for (auto const length : {0, 12, 13, 15, 17, 21, 23}) {
        auto octets = join(hex("81000000 000c 000000000000000000000000 0001"), bytes(6));
        octets[3] = static_cast<std::byte>(length);
        octets.resize(4 + (static_cast<std::size_t>(length) + 3) / 4 * 4);

        BOOST_TEST(error_of_options(octets) == fault::bad_option, length);
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_list_of_prefix64_that_is_not_as_long_as_it_says) {
    auto const count = hex("0002");
    auto octets = join(hex("81000016 000c 000000000000000000000000"), count, bytes(6), bytes(2));

    BOOST_TEST(error_of_options(octets) == fault::bad_option);

    octets[19] = std::byte{1};
    BOOST_TEST(error_of_options(octets) == pmp::error_code());
}

BOOST_AUTO_TEST_CASE(refuses_prefix_lengths_that_rfc_6052_does_not_have) {
    for (unsigned length = 0; length <= 16; ++length) {
        auto octets = prefix64_without_list;
        octets[5] = static_cast<std::byte>(length);
        auto const allowed = (length >= 4 && length <= 8) || length == 12;

        BOOST_TEST((error_of_options(octets) == pmp::error_code()) == allowed, length);
    }
}

BOOST_AUTO_TEST_CASE(refuses_texts_over_1016_octets) {
    for (auto const* code : {"80", "0d"}) {
        auto const longest = join(hex(code), hex("0003f8"), bytes(1016));
        auto const longer = join(hex(code), hex("0003f9"), bytes(1020));

        BOOST_TEST(
            error_of(pcp::decode_response(join(announce_response_octets, longest))) ==
            pmp::error_code()
        );
        BOOST_TEST(
            error_of(pcp::decode_response(join(announce_response_octets, longer))) ==
            fault::bad_option
        );
    }
}

BOOST_AUTO_TEST_SUITE_END()
