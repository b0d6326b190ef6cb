// SPDX-License-Identifier: MIT
#include "unit/gateway_bench.hpp"

// The NAT-PMP side of a simulated gateway without vices: RFC 6886.

using namespace pmp::test;
using pmp::dialect_id;
using pmp::transport;

namespace {

constexpr std::uint16_t refused = 2;
constexpr std::uint16_t network_failure = 3;
constexpr std::uint16_t out_of_resources = 4;

} // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_nat_pmp, gateway_bench)

BOOST_AUTO_TEST_CASE(tells_its_external_address_and_epoch) {
    wait(3s);

    auto const answers = send(hex("0000"));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "0080000000000003cb007107");
}

BOOST_AUTO_TEST_CASE(maps_the_suggested_port) {
    auto const answers = send(hex("000200001f901f9000001c20"));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "00820000000000001f901f9000001c20");
    BOOST_TEST(gateway.find(tcp_number, {address("192.168.1.10"), 8080}) != nullptr);
}

BOOST_AUTO_TEST_CASE(chooses_a_high_port_where_none_is_suggested) {
    auto const answer = map_nat_pmp(transport::udp, 50000, 0, 3600);

    BOOST_TEST(answer.result == 0);
    BOOST_TEST(answer.assigned_port >= 1024);
}

BOOST_AUTO_TEST_CASE(grants_no_longer_lifetime_than_was_asked) {
    BOOST_TEST(map_nat_pmp(transport::tcp, 1, 0, 1).lifetime == 1U);
    BOOST_TEST(map_nat_pmp(transport::tcp, 2, 0, 0xffffffff).lifetime == 86400U);
}

BOOST_AUTO_TEST_CASE(renews_with_the_port_that_it_assigned) {
    map_nat_pmp(transport::tcp, 8080, 2222, 3600);

    auto const answer = map_nat_pmp(transport::tcp, 8080, 4444, 3600);

    BOOST_TEST(answer.assigned_port == 2222);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(keeps_the_companion_port_for_the_same_client) {
    map_nat_pmp(transport::tcp, 8080, 2222, 3600);
    client.address = address("192.168.1.11");
    BOOST_TEST(map_nat_pmp(transport::udp, 8080, 2222, 3600).assigned_port == 2223);

    client.address = address("192.168.1.10");
    BOOST_TEST(map_nat_pmp(transport::udp, 8080, 2222, 3600).assigned_port == 2222);
}

BOOST_AUTO_TEST_CASE(deletes_one_mapping) {
    map_nat_pmp(transport::tcp, 8080, 8080, 3600);
    map_nat_pmp(transport::tcp, 8081, 8081, 3600);

    auto const answers = send(hex("000200001f90000000000000"));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "00820000000000001f90000000000000");
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(calls_the_deletion_of_what_is_not_there_a_success) {
    BOOST_TEST(map_nat_pmp(transport::tcp, 8080, 0, 0).result == 0);
}

BOOST_AUTO_TEST_CASE(deletes_all_mappings_of_the_client_and_protocol) {
    map_nat_pmp(transport::udp, 1, 0, 3600);
    map_nat_pmp(transport::udp, 2, 0, 3600);
    map_nat_pmp(transport::tcp, 3, 0, 3600);
    client.address = address("192.168.1.11");
    map_nat_pmp(transport::udp, 4, 0, 3600);
    client.address = address("192.168.1.10");

    auto const answer = map_nat_pmp(transport::udp, 0, 0, 0);

    BOOST_TEST(answer.result == 0);
    BOOST_TEST(gateway.mappings() == 2U);
    BOOST_TEST((last.kind == request_kind::remove_all));
}

BOOST_AUTO_TEST_CASE(refuses_to_map_port_zero) {
    BOOST_TEST(map_nat_pmp(transport::udp, 0, 0, 60).result == refused);
}

BOOST_AUTO_TEST_CASE(answers_an_unknown_opcode) {
    auto const answers = send(hex("0003"));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "0083000500000000");
}

BOOST_AUTO_TEST_CASE(answers_an_unknown_version) {
    gateway.set_protocols({dialect_id::nat_pmp});

    auto const answers = send(*pcp::encode(pcp_map(tcp_number, 8080, 0)));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "0080000100000000");
}

BOOST_AUTO_TEST_CASE(drops_what_is_too_short_and_what_is_a_response) {
    BOOST_TEST(send({}).empty());
    BOOST_TEST(send(hex("00")).empty());
    BOOST_TEST(send(hex("000200001f90")).empty());
    BOOST_TEST(send(hex("0080000000000003cb007107")).empty());
}

BOOST_AUTO_TEST_CASE(fails_while_there_is_no_external_address) {
    gateway.set_external_address(address("0.0.0.0"), now);
    sent();

    auto const answers = send(hex("0000"));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "008000030000000000000000");
    BOOST_TEST(map_nat_pmp(transport::tcp, 8080, 0, 3600).result == network_failure);
}

BOOST_AUTO_TEST_CASE(has_no_room_beyond_its_capacity) {
    gateway_options options;
    options.capacity = 0;
    gateway_bench full(options);

    BOOST_TEST(full.map_nat_pmp(transport::tcp, 8080, 0, 3600).result == out_of_resources);
}

BOOST_AUTO_TEST_CASE(shares_its_mappings_with_pcp) {
    map_nat_pmp(transport::tcp, 8080, 2222, 3600);

    auto const answer = ask(pcp_map(tcp_number, 8080, 0));

    BOOST_TEST(mapped(answer).external.port == 2222);
    BOOST_TEST(gateway.mappings() == 1U);
    BOOST_TEST(gateway.table().front().via == dialect_id::pcp);
}

BOOST_AUTO_TEST_CASE(says_nothing_where_it_speaks_no_protocol) {
    gateway.set_protocols({});

    BOOST_TEST(send(hex("0000")).empty());
    BOOST_TEST(send(*pcp::encode(pcp_map(tcp_number, 8080, 0))).empty());
}

BOOST_AUTO_TEST_SUITE_END()
