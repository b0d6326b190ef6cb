// SPDX-License-Identifier: MIT
#include "unit/wire_pcp_messages.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using pmp::fault;
using pmp::test::address;
using pmp::test::announce_request;
using pmp::test::announce_response_octets;
using pmp::test::error_of;
using pmp::test::for_each_truncation;
using pmp::test::hex;
using pmp::test::join;
using pmp::test::map_request;
using pmp::test::map_request_octets;
using pmp::test::map_response_octets;
using pmp::test::peer_request;
using pmp::test::peer_request_octets;
using pmp::test::peer_response_octets;
using pmp::test::to_hex;
using pmp::wire::bytes;

namespace pcp = pmp::wire::pcp;

namespace {

pcp::response decoded(bytes const& datagram) {
    auto message = pcp::decode_response(datagram);
    BOOST_REQUIRE(message.has_value());
    return *std::move(message);
}

template <class Body>
Body body_of(pcp::response const& message) {
    BOOST_REQUIRE(std::holds_alternative<Body>(message.body));
    return std::get<Body>(message.body);
}

/// A datagram with another octet at an offset.
bytes changed(bytes datagram, std::size_t offset, unsigned octet) {
    datagram.at(offset) = static_cast<std::byte>(octet);
    return datagram;
}

bytes cut(bytes const& datagram, std::ptrdiff_t size) {
    return {datagram.begin(), datagram.begin() + size};
}

constexpr std::size_t opcode_offset = 1;
constexpr std::size_t result_offset = 3;

} // namespace

BOOST_AUTO_TEST_SUITE(wire_pcp)

BOOST_AUTO_TEST_CASE(encodes_a_map_request) {
    auto const datagram = encode(map_request());

    BOOST_REQUIRE(datagram.has_value());
    BOOST_TEST(to_hex(*datagram) == to_hex(map_request_octets));
}

BOOST_AUTO_TEST_CASE(encodes_a_peer_request) {
    auto const datagram = encode(peer_request());

    BOOST_REQUIRE(datagram.has_value());
    BOOST_TEST(to_hex(*datagram) == to_hex(peer_request_octets));
}

BOOST_AUTO_TEST_CASE(encodes_an_announce_request) {
    auto const datagram = encode(announce_request());

    BOOST_REQUIRE(datagram.has_value());
    BOOST_TEST(
        to_hex(*datagram) == "0200000000000000"
                             "00000000000000000000ffffc0a8010a"
    );
}

BOOST_AUTO_TEST_CASE(tells_no_ipv4_address_from_no_ipv6_address) {
    auto request = map_request();
    request.client = address("2001:db8::10");
    std::get<pcp::map_body>(request.body).external = {address("::"), 0};

    auto const datagram = encode(request);

    BOOST_REQUIRE(datagram.has_value());
    BOOST_TEST(to_hex(cut(*datagram, 24)) == "0201000000001c2020010db8000000000000000000000010");
    BOOST_TEST(to_hex(std::span(*datagram).last(16)) == "00000000000000000000000000000000");
}

BOOST_AUTO_TEST_CASE(decodes_a_map_response) {
    auto const message = decoded(map_response_octets);

    BOOST_TEST(message.version == 2);
    BOOST_TEST(message.result == 0);
    BOOST_TEST(message.lifetime == 3600U);
    BOOST_TEST(message.epoch == 86400U);
    auto const body = body_of<pcp::map_body>(message);
    BOOST_TEST((body.nonce == pmp::test::some_nonce));
    BOOST_TEST(body.protocol == 6);
    BOOST_TEST(body.internal_port == 8080);
    BOOST_TEST(body.external.port == 8081);
    BOOST_TEST(body.external.address == address("203.0.113.7"));
    BOOST_TEST(message.options.empty());
}

BOOST_AUTO_TEST_CASE(decodes_a_peer_response) {
    auto const body = body_of<pcp::peer_body>(decoded(peer_response_octets));

    BOOST_TEST((body.nonce == pmp::test::some_nonce));
    BOOST_TEST(body.protocol == 17);
    BOOST_TEST(body.internal_port == 40000);
    BOOST_TEST(body.external.port == 61000);
    BOOST_TEST(body.external.address == address("203.0.113.7"));
    BOOST_TEST(body.remote.port == 3478);
    BOOST_TEST(body.remote.address == address("198.51.100.20"));
}

BOOST_AUTO_TEST_CASE(decodes_an_announcement) {
    auto const message = decoded(announce_response_octets);

    BOOST_TEST(message.epoch == 86400U);
    body_of<pcp::announce_body>(message);
}

BOOST_AUTO_TEST_CASE(ignores_what_reserved_fields_of_a_response_hold) {
    auto datagram = peer_response_octets;
    for (auto const offset : {2U, 12U, 23U, 37U, 38U, 39U, 62U, 63U}) {
        datagram.at(offset) = std::byte{0xff};
    }

    auto const message = pcp::decode_response(datagram);

    BOOST_REQUIRE(message.has_value());
    BOOST_TEST((*message == decoded(peer_response_octets)));
}

BOOST_AUTO_TEST_CASE(gives_back_every_request_that_was_encoded) {
    for (auto const& request : {map_request(), peer_request(), announce_request()}) {
        auto const datagram = encode(request);
        BOOST_REQUIRE(datagram.has_value());

        auto const message = pcp::parse_request(*datagram);

        BOOST_REQUIRE(std::holds_alternative<pcp::request>(message));
        BOOST_TEST((std::get<pcp::request>(message) == request));
    }
}

BOOST_AUTO_TEST_CASE(gives_back_every_response_that_was_encoded) {
    auto const opaque = pcp::other_body{60, hex("0102030405060708")};
    std::vector<pcp::response> const responses = {
        {2, 0, 3600, 86400, map_request().body, {}},
        {2, 8, 30, 86400, map_request().body, {}},
        {2, 0, 4294967295, 4294967295, peer_request().body, {}},
        {2, 0, 0, 0, pcp::announce_body{}, {}},
        {2, 255, 0, 0, opaque, {}},
        {2, 1, 1800, 86400, pcp::other_body{1, {}}, {}},
        {3, 1, 1800, 86400, pcp::other_body{1, {}}, {}},
        {2, 3, 1800, 86400, pcp::other_body{1, hex("00112233")}, {}},
        {2, 0, 1, 2, map_request().body, {pcp::prefer_failure{}, pcp::filter{}}},
    };
    for (auto const& response : responses) {
        auto const message = pcp::decode_response(encode(response));

        BOOST_REQUIRE(message.has_value());
        BOOST_TEST((*message == response));
    }
}

BOOST_AUTO_TEST_CASE(refuses_every_truncation_of_a_success) {
    for (auto const& whole :
         {map_response_octets, peer_response_octets, announce_response_octets}) {
        for_each_truncation(whole, [](bytes const& part) {
            auto const expected =
                part.size() >= 24 && part.size() % 4 != 0 ? fault::bad_length : fault::truncated;
            BOOST_TEST(error_of(pcp::decode_response(part)) == expected);
        });
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_length_over_1100) {
    auto const longest = join(map_response_octets, bytes(1040));

    BOOST_TEST(error_of(pcp::decode_response(longest)) == pmp::error_code());
    BOOST_TEST(error_of(pcp::decode_response(join(longest, bytes(4)))) == fault::bad_length);
}

BOOST_AUTO_TEST_CASE(refuses_a_length_that_is_not_a_multiple_of_four) {
    BOOST_TEST(
        error_of(pcp::decode_response(join(map_response_octets, bytes(2)))) == fault::bad_length
    );
}

BOOST_AUTO_TEST_CASE(refuses_a_request_where_a_response_belongs) {
    BOOST_TEST(error_of(pcp::decode_response(map_request_octets)) == fault::bad_direction);
}

BOOST_AUTO_TEST_CASE(refuses_other_versions_in_a_success) {
    for (auto const version : {0U, 1U, 3U, 255U}) {
        auto const datagram = changed(map_response_octets, 0, version);

        BOOST_TEST(error_of(pcp::decode_response(datagram)) == fault::bad_version);
    }
}

BOOST_AUTO_TEST_CASE(leaves_every_message_of_version_0_to_nat_pmp) {
    BOOST_TEST(error_of(pcp::decode_response(hex("00800001"))) == fault::bad_version);
    BOOST_TEST(error_of(pcp::decode_response(hex("0000000100015180"))) == fault::bad_version);
}

BOOST_AUTO_TEST_CASE(accepts_a_version_error_of_any_other_version) {
    for (auto const version : {1U, 3U}) {
        auto const datagram = changed(changed(map_response_octets, 0, version), result_offset, 1);

        auto const message = decoded(datagram);

        BOOST_TEST(message.version == version);
        BOOST_TEST(message.result == 1);
        BOOST_TEST((body_of<pcp::other_body>(message) == pcp::other_body{1, {}}));
    }
}

BOOST_AUTO_TEST_CASE(reads_what_a_version_error_of_its_own_version_answers) {
    auto const message = decoded(changed(map_response_octets, result_offset, 1));

    BOOST_TEST(message.result == 1);
    BOOST_TEST(
        (body_of<pcp::map_body>(message) == body_of<pcp::map_body>(decoded(map_response_octets)))
    );
}

BOOST_AUTO_TEST_CASE(accepts_a_version_error_of_any_length_from_four_octets_up) {
    auto const whole = changed(map_response_octets, result_offset, 1);
    for_each_truncation(whole, [](bytes const& part) {
        if (part.size() < 4) {
            BOOST_TEST(error_of(pcp::decode_response(part)) == fault::truncated);
            return;
        }
        auto const message = decoded(part);
        BOOST_TEST(message.lifetime == (part.size() < 8 ? 0U : 3600U));
        BOOST_TEST(message.epoch == (part.size() < 12 ? 0U : 86400U));
    });
}

BOOST_AUTO_TEST_CASE(refuses_a_version_error_without_the_response_bit) {
    BOOST_TEST(
        error_of(pcp::decode_response(changed(map_request_octets, result_offset, 1))) ==
        fault::bad_direction
    );
}

BOOST_AUTO_TEST_CASE(accepts_an_error_whose_body_is_short) {
    auto const whole = changed(map_response_octets, result_offset, 3);
    for (auto const size : {24, 28, 56}) {
        auto const message = decoded(cut(whole, size));

        auto const body = body_of<pcp::other_body>(message);
        BOOST_TEST(message.result == 3);
        BOOST_TEST(message.lifetime == 3600U);
        BOOST_TEST(message.epoch == 86400U);
        BOOST_TEST(body.opcode == 1);
        BOOST_TEST(body.data.size() == static_cast<std::size_t>(size) - 24);
    }
}

BOOST_AUTO_TEST_CASE(refuses_an_error_without_a_whole_header) {
    auto const whole = changed(map_response_octets, result_offset, 3);

    BOOST_TEST(error_of(pcp::decode_response(cut(whole, 20))) == fault::truncated);
}

BOOST_AUTO_TEST_CASE(keeps_the_body_of_an_error_and_the_options_before_a_broken_one) {
    auto const options = hex("02000000" // PREFER_FAILURE
                             "80000040" // DESCRIPTION of 64 octets, of which 4 are there
                             "61626364");
    auto const datagram = changed(join(map_response_octets, options), result_offset, 6);

    auto const message = decoded(datagram);

    BOOST_TEST(body_of<pcp::map_body>(message).internal_port == 8080);
    BOOST_TEST((message.options == std::vector<pcp::option>{pcp::prefer_failure{}}));
}

BOOST_AUTO_TEST_CASE(keeps_results_that_it_does_not_know) {
    BOOST_TEST(decoded(changed(map_response_octets, result_offset, 200)).result == 200);
}

BOOST_AUTO_TEST_CASE(keeps_the_body_of_an_opcode_that_it_does_not_know) {
    auto const message =
        decoded(join(changed(announce_response_octets, opcode_offset, 0xbc), hex("01020304")));

    BOOST_TEST((body_of<pcp::other_body>(message) == pcp::other_body{60, hex("01020304")}));
    BOOST_TEST(message.options.empty());
}

BOOST_AUTO_TEST_CASE(pads_a_response) {
    pcp::response const response = {2, 0, 0, 0, pcp::other_body{60, hex("0102030405")}, {}};

    auto const datagram = encode(response);

    BOOST_TEST(to_hex(std::span(datagram).subspan(24)) == "0102030405000000");
}

BOOST_AUTO_TEST_CASE(leaves_out_of_a_response_what_does_not_fit) {
    auto const text = pcp::description{std::string(1016, 'x')};
    pcp::response const response = {
        2, 0, 0, 0, map_request().body, {text, pcp::prefer_failure{}, pcp::filter{}}};

    auto const message = decoded(encode(response));

    BOOST_TEST((message.options == std::vector<pcp::option>{text, pcp::prefer_failure{}}));
    BOOST_TEST(pcp::encode({2, 3, 0, 0, pcp::other_body{60, bytes(2000)}, {}}).size() == 1100U);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_out_of_a_response_of_1100_octets) {
    auto const text = pcp::description{std::string(1016, 'x')};
    pcp::response const response = {2, 0, 0, 0, peer_request().body, {text}};

    auto const datagram = encode(response);

    BOOST_TEST(datagram.size() == 1100U);
    BOOST_TEST((decoded(datagram) == response));
}

BOOST_AUTO_TEST_SUITE_END()
