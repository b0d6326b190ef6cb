// SPDX-License-Identifier: MIT
#include "unit/wire_pcp_messages.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using pmp::pcp_result;
using pmp::test::for_each_truncation;
using pmp::test::hex;
using pmp::test::join;
using pmp::test::map_request;
using pmp::test::map_request_octets;
using pmp::test::peer_request_octets;
using pmp::test::to_hex;
using pmp::wire::bytes;

namespace pcp = pmp::wire::pcp;

namespace {

enum class verdict { served, answered, dropped };

verdict verdict_of(bytes const& datagram) {
    auto const parsed = pcp::parse_request(datagram);
    if (auto const* rejection = std::get_if<pcp::rejection>(&parsed)) {
        return rejection->answer ? verdict::answered : verdict::dropped;
    }
    return verdict::served;
}

/// The result with which a request is answered; `success` where it is served.
pcp_result result_of(bytes const& datagram) {
    auto const parsed = pcp::parse_request(datagram);
    if (auto const* rejection = std::get_if<pcp::rejection>(&parsed)) {
        BOOST_REQUIRE(rejection->answer.has_value());
        return *rejection->answer;
    }
    return pcp_result::success;
}

bytes changed(bytes datagram, std::size_t offset, bytes const& octets) {
    std::copy(octets.begin(), octets.end(), datagram.begin() + static_cast<std::ptrdiff_t>(offset));
    return datagram;
}

constexpr std::size_t opcode_offset = 1;
constexpr std::size_t lifetime_offset = 4;
constexpr std::size_t protocol_offset = 36;
constexpr std::size_t internal_port_offset = 40;
constexpr std::size_t suggested_port_offset = 42;
constexpr std::size_t remote_port_offset = 60;

} // namespace

namespace pmp {

static std::ostream& boost_test_print_type(std::ostream& out, pcp_result value) {
    return out << result_name(value);
}

} // namespace pmp

BOOST_AUTO_TEST_SUITE(wire_pcp_server)

BOOST_AUTO_TEST_CASE(serves_a_sound_request) {
    auto const parsed = pcp::parse_request(map_request_octets);

    BOOST_REQUIRE(std::holds_alternative<pcp::request>(parsed));
    BOOST_TEST((std::get<pcp::request>(parsed) == map_request()));
}

BOOST_AUTO_TEST_CASE(ignores_what_reserved_fields_of_a_request_hold) {
    auto datagram = peer_request_octets;
    for (auto const offset : {2U, 3U, 37U, 38U, 39U, 62U, 63U}) {
        datagram.at(offset) = std::byte{0xff};
    }

    auto const parsed = pcp::parse_request(datagram);

    BOOST_REQUIRE(std::holds_alternative<pcp::request>(parsed));
    BOOST_TEST((std::get<pcp::request>(parsed) == pmp::test::peer_request()));
}

BOOST_AUTO_TEST_CASE(serves_no_truncation_of_a_request) {
    for (auto const& whole : {map_request_octets, peer_request_octets}) {
        for_each_truncation(whole, [](bytes const& cut) {
            BOOST_TEST((verdict_of(cut) == (cut.size() < 24 ? verdict::dropped : verdict::answered))
            );
        });
    }
}

BOOST_AUTO_TEST_CASE(drops_a_response) {
    BOOST_TEST(
        (verdict_of(changed(map_request_octets, opcode_offset, hex("81"))) == verdict::dropped)
    );
    BOOST_TEST((verdict_of(hex("0080")) == verdict::dropped));
}

BOOST_AUTO_TEST_CASE(answers_another_version_from_two_octets_up) {
    BOOST_TEST((verdict_of(hex("00")) == verdict::dropped));
    BOOST_TEST(result_of(hex("0000")) == pcp_result::unsupp_version);
    BOOST_TEST(result_of(hex("0101")) == pcp_result::unsupp_version);
    BOOST_TEST(result_of(changed(map_request_octets, 0, hex("03"))) == pcp_result::unsupp_version);
}

BOOST_AUTO_TEST_CASE(calls_lengths_that_cannot_be_malformed_requests) {
    auto const longest = join(map_request_octets, hex("c800040c"), bytes(1036));

    BOOST_TEST(longest.size() == 1100U);
    BOOST_TEST(result_of(longest) == pcp_result::success);
    BOOST_TEST(result_of(join(map_request_octets, bytes(2))) == pcp_result::malformed_request);
    BOOST_TEST(result_of(join(longest, bytes(4))) == pcp_result::malformed_request);
}

BOOST_AUTO_TEST_CASE(knows_no_opcodes_but_announce_map_and_peer) {
    BOOST_TEST(
        result_of(hex("02000000 00000000 00000000000000000000ffffc0a8010a")) == pcp_result::success
    );
    for (auto const* opcode : {"03", "04", "3c", "7f"}) {
        BOOST_TEST(
            result_of(changed(map_request_octets, opcode_offset, hex(opcode))) ==
            pcp_result::unsupp_opcode
        );
    }
}

BOOST_AUTO_TEST_CASE(calls_forbidden_fields_malformed_requests) {
    auto const zero = hex("0000");

    for (auto const& datagram : {
             changed(map_request_octets, protocol_offset, hex("00")),
             changed(peer_request_octets, protocol_offset, hex("00")),
             changed(peer_request_octets, internal_port_offset, zero),
             changed(peer_request_octets, remote_port_offset, zero),
         }) {
        BOOST_TEST(result_of(datagram) == pcp_result::malformed_request);
    }
}

BOOST_AUTO_TEST_CASE(calls_a_third_party_that_is_the_client_a_malformed_request) {
    auto const itself = hex("01000010 00000000000000000000ffffc0a8010a");

    BOOST_TEST(result_of(join(map_request_octets, itself)) == pcp_result::malformed_request);
}

BOOST_AUTO_TEST_CASE(does_not_understand_mandatory_options_of_other_standards) {
    for (auto const* code : {"00", "04", "05", "0c", "4d", "7f"}) {
        BOOST_TEST(
            result_of(join(map_request_octets, hex(code), hex("000000"))) ==
            pcp_result::unsupp_option
        );
    }
}

BOOST_AUTO_TEST_CASE(bears_with_optional_options_of_other_standards) {
    for (auto const* code : {"83", "c8", "ff"}) {
        BOOST_TEST(
            result_of(join(map_request_octets, hex(code), hex("000000"))) == pcp_result::success
        );
    }
}

BOOST_AUTO_TEST_CASE(calls_options_malformed) {
    auto const prefer_failure = hex("02000000");
    auto const filter = hex("03000014 0078 0000 00000000000000000000ffffc6336400");
    auto const short_prefix = changed(filter, 5, hex("18"));
    auto const port_set = hex("82000005 0064 1f90 00 000000");
    auto const deletion = changed(map_request_octets, lifetime_offset, hex("00000000"));
    auto const no_suggestion = changed(map_request_octets, suggested_port_offset, hex("0000"));

    BOOST_TEST(result_of(join(map_request_octets, prefer_failure, filter)) == pcp_result::success);
    BOOST_TEST(result_of(join(map_request_octets, port_set)) == pcp_result::success);
    for (auto const& datagram : {
             join(map_request_octets, hex("80000040 61626364")),
             join(map_request_octets, hex("02000004 00000000")),
             join(map_request_octets, prefer_failure, prefer_failure),
             join(map_request_octets, short_prefix),
             join(map_request_octets, changed(port_set, 4, hex("0000"))),
             join(map_request_octets, changed(port_set, 6, hex("1f91"))),
             join(map_request_octets, port_set, prefer_failure),
             join(no_suggestion, prefer_failure),
             join(deletion, prefer_failure),
             join(deletion, filter),
         }) {
        BOOST_TEST(result_of(datagram) == pcp_result::malformed_option);
    }
}

BOOST_AUTO_TEST_CASE(calls_a_misplaced_option_a_malformed_request) {
    auto const announce = hex("02000000 00000000 00000000000000000000ffffc0a8010a");

    BOOST_TEST(
        result_of(join(peer_request_octets, hex("02000000"))) == pcp_result::malformed_request
    );
    BOOST_TEST(result_of(join(announce, hex("0d000000"))) == pcp_result::malformed_request);
}

BOOST_AUTO_TEST_CASE(misses_the_third_party_of_an_id) {
    BOOST_TEST(
        result_of(join(map_request_octets, hex("0d000000"))) ==
        pcp_result::third_party_missing_option
    );
}

BOOST_AUTO_TEST_CASE(bears_with_what_clients_should_not_send) {
    auto const all_of_ipv4 = hex("03000014 0060 0000 00000000000000000000ffff00000000");
    auto const udp = changed(map_request_octets, protocol_offset, hex("11"));

    BOOST_TEST(result_of(join(map_request_octets, all_of_ipv4)) == pcp_result::success);
    BOOST_TEST(result_of(changed(udp, suggested_port_offset, hex("14e7"))) == pcp_result::success);
}

BOOST_AUTO_TEST_CASE(answers_an_error_with_a_copy_of_the_request) {
    auto const answer = pcp::encode_error(map_request_octets, pcp_result::no_resources, 30, 86400);

    auto const header = hex("02"         // version
                            "81"         // R = 1, MAP
                            "00"         // reserved
                            "08"         // NO_RESOURCES
                            "0000001e"   // lifetime 30
                            "00015180"); // epoch 86400
    auto const copy = std::span(map_request_octets).subspan(header.size());
    BOOST_TEST(to_hex(answer) == to_hex(header) + to_hex(copy));
}

BOOST_AUTO_TEST_CASE(pads_the_copy) {
    auto const cut = std::span(map_request_octets).first(59);

    auto const answer = pcp::encode_error(cut, pcp_result::malformed_request, 1800, 0);

    BOOST_TEST(answer.size() == 60U);
    BOOST_TEST((answer.back() == std::byte{0}));
}

BOOST_AUTO_TEST_CASE(cuts_the_copy_to_1100_octets) {
    auto const answer = pcp::encode_error(bytes(1500), pcp_result::malformed_request, 1800, 0);

    BOOST_TEST(answer.size() == 1100U);
}

BOOST_AUTO_TEST_CASE(answers_the_shortest_request_with_a_whole_header) {
    auto const answer = pcp::encode_error(hex("0000"), pcp_result::unsupp_version, 1800, 86400);

    BOOST_TEST(to_hex(answer) == "028000010000070800015180000000000000000000000000");
}

BOOST_AUTO_TEST_CASE(gives_errors_that_a_client_understands) {
    auto const answer =
        pcp::encode_error(map_request_octets, pcp_result::not_authorized, 1800, 86400);

    auto const message = pcp::decode_response(answer);

    BOOST_REQUIRE(message.has_value());
    BOOST_TEST(message->result == 2);
    BOOST_TEST(message->lifetime == 1800U);
    BOOST_TEST((message->body == map_request().body));
}

BOOST_AUTO_TEST_SUITE_END()
