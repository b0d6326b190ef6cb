// SPDX-License-Identifier: MIT
#include "unit/gateway_bench.hpp"

#include <algorithm>

// What each vice of a simulated gateway does to requests and answers; those of its life are in
// gateway_life.cpp.

using namespace pmp::test;
using pmp::dialect_id;
using pmp::endpoint;
using pmp::pcp_result;
using pmp::transport;

namespace {

constexpr std::uint32_t for_ever = 0xffffffff;
constexpr std::uint16_t out_of_resources = 4;

pmp::wire::bytes const address_request = hex("0000");

} // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_vices, gateway_bench)

BOOST_AUTO_TEST_CASE(silent) {
    set(vice::silent);

    BOOST_TEST(send(address_request).empty());
    gateway.announce(now);
    BOOST_TEST(sent().empty());

    gateway.clear(vice::silent, now);
    BOOST_TEST(send(address_request).size() == 1U);
}

BOOST_AUTO_TEST_CASE(loses_every) {
    set(vice::loses_every, 3);

    std::vector<std::size_t> answers;
    for (auto i = 0; i < 6; ++i) {
        answers.push_back(send(address_request).size());
    }

    BOOST_TEST(answers == (std::vector<std::size_t>{1, 1, 0, 1, 1, 0}));
}

BOOST_AUTO_TEST_CASE(answers_twice) {
    set(vice::answers_twice);

    auto const answers = send(address_request);

    BOOST_REQUIRE(answers.size() == 2U);
    BOOST_TEST((answers[0] == answers[1]));
}

BOOST_AUTO_TEST_CASE(answers_late) {
    set(vice::answers_late, 700);

    BOOST_TEST(send(address_request).empty());
    auto const packets = wait(1s);

    BOOST_REQUIRE(packets.size() == 1U);
    BOOST_TEST((packets[0].after == 700ms));
}

BOOST_AUTO_TEST_CASE(answers_from_other_port) {
    set(vice::answers_from_other_port);

    BOOST_TEST(send(address_request).at(0).source == (endpoint{address("192.168.1.1"), 5352}));
}

BOOST_AUTO_TEST_CASE(answers_from_other_address) {
    set(vice::answers_from_other_address);

    BOOST_TEST(send(address_request).at(0).source == (endpoint{address("192.168.1.2"), 5351}));
}

BOOST_AUTO_TEST_CASE(volunteers_answers) {
    set(vice::volunteers_answers);

    auto const packets = send(*pcp::encode(pcp_map(tcp_number, 8080, 8080)));

    BOOST_REQUIRE(packets.size() == 3U);
    BOOST_TEST(mapped(decode_pcp(packets[0])).internal_port == 8080);
    BOOST_TEST(mapped(decode_pcp(packets[1])).internal_port == 9);
    BOOST_TEST(std::get<natpmp::map_response>(decode_nat_pmp(packets[2])).internal_port == 9);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(late_contradictions) {
    set(vice::late_contradictions, 500);

    auto const first = send(*pcp::encode(pcp_map(tcp_number, 8080, 8080)));
    auto const packets = wait(2s);

    BOOST_REQUIRE(first.size() == 1U);
    BOOST_REQUIRE(packets.size() == 2U);
    BOOST_TEST((packets[0].after == 500ms));
    BOOST_TEST(result_of(decode_pcp(packets[0].sent)) == pcp_result::not_authorized);
    BOOST_TEST((packets[1].after == 1s));
    BOOST_TEST((packets[1].sent == first[0]));
}

BOOST_AUTO_TEST_CASE(ignores_version_2) {
    gateway.set_protocols({dialect_id::nat_pmp});
    set(vice::ignores_version_2);

    BOOST_TEST(send(*pcp::encode(pcp_map(tcp_number, 8080, 8080))).empty());
    BOOST_TEST(send(address_request).size() == 1U);
    BOOST_TEST(gateway.statistics().pcp_requests == 1U);
}

BOOST_AUTO_TEST_CASE(only_version_3) {
    set(vice::only_version_3);

    auto const answer = ask(pcp_map(tcp_number, 8080, 8080));

    BOOST_TEST(answer.version == 3);
    BOOST_TEST(result_of(answer) == pcp_result::unsupp_version);
}

BOOST_AUTO_TEST_CASE(version_error_opcode) {
    gateway.set_protocols({dialect_id::nat_pmp});
    auto const request = *pcp::encode(pcp_map(tcp_number, 8080, 8080));

    for (auto const& [value, opcode] : std::vector<std::pair<std::int64_t, int>>{
             {0, 0}, {128, 128}, {129, 129}, {130, 130}, {echoed_opcode, 129}}) {
        set(vice::version_error_opcode, value);
        auto const answer = send(request).at(0).bytes;

        BOOST_TEST(answer.size() == 8U);
        BOOST_TEST(std::to_integer<int>(answer.at(1)) == opcode);
    }
}

BOOST_AUTO_TEST_CASE(short_errors) {
    set(vice::short_errors);
    set(vice::refuses, out_of_resources);

    auto const answers = send(hex("000200001f901f9000001c20"));

    BOOST_TEST(to_hex(answers.at(0).bytes) == "0082000400000000");
}

BOOST_AUTO_TEST_CASE(zero_lifetime_errors) {
    set(vice::zero_lifetime_errors);
    set(vice::refuses, 8, 600);

    auto const answer = ask(pcp_map(tcp_number, 8080, 8080));

    BOOST_TEST(result_of(answer) == pcp_result::no_resources);
    BOOST_TEST(answer.lifetime == 0U);
}

BOOST_AUTO_TEST_CASE(reserved_bits_set) {
    auto const clean = send(*pcp::encode(pcp_map(tcp_number, 8080, 8080))).at(0).bytes;
    set(vice::reserved_bits_set);

    auto const answer = send(*pcp::encode(pcp_map(tcp_number, 8080, 8080))).at(0);

    BOOST_TEST((answer.bytes != clean));
    BOOST_TEST(std::to_integer<int>(answer.bytes.at(2)) == 0xff);
    BOOST_TEST(std::to_integer<int>(answer.bytes.at(23)) == 0xff);
    BOOST_TEST(std::to_integer<int>(answer.bytes.at(39)) == 0xff);
    BOOST_TEST(mapped(decode_pcp(answer)).external.port == 8080);
}

BOOST_AUTO_TEST_CASE(answers_other_nonce) {
    set(vice::answers_other_nonce);

    BOOST_TEST((mapped(ask(pcp_map(tcp_number, 8080, 8080))).nonce.front() != std::byte{1}));
}

BOOST_AUTO_TEST_CASE(answers_ports_modulo_256) {
    set(vice::answers_ports_modulo_256);

    auto const answer = map_nat_pmp(transport::tcp, 8080, 2222, 3600);

    BOOST_TEST(answer.internal_port == 8080 % 256);
    BOOST_TEST(answer.assigned_port == 2222 % 256);
}

BOOST_AUTO_TEST_CASE(refuses) {
    for (auto const result : {2, 3, 7, 8, 9, 10, 11, 13, 15, 99}) {
        set(vice::refuses, result);
        auto const answer = ask(pcp_map(tcp_number, 8080, 8080));

        BOOST_TEST(answer.result == result);
        BOOST_TEST(answer.lifetime == (result >= 7 && result != 9 && result <= 11 ? 30U : 1800U));
    }
    set(vice::refuses, 8, 600);
    BOOST_TEST(ask(pcp_map(tcp_number, 8080, 8080)).lifetime == 600U);
    set(vice::refuses, 256);
    BOOST_TEST(map_nat_pmp(transport::tcp, 8080, 8080, 3600).result == 256);
    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(refuses_renewals) {
    set(vice::refuses_renewals, 8);
    BOOST_TEST(result_of(ask(pcp_map(tcp_number, 8080, 8080))) == pcp_result::success);

    BOOST_TEST(result_of(ask(pcp_map(tcp_number, 8080, 8080))) == pcp_result::no_resources);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(refuses_deletions) {
    set(vice::refuses_deletions, 2);
    ask(pcp_map(tcp_number, 8080, 8080));

    BOOST_TEST(result_of(ask(pcp_map(tcp_number, 8080, 0, 0))) == pcp_result::not_authorized);
    BOOST_TEST(map_nat_pmp(transport::tcp, 8080, 0, 0).result == 2);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(accepts_other_nonce) {
    set(vice::accepts_other_nonce);
    ask(pcp_map(tcp_number, 8080, 8080, 7200, 1));

    auto const renewed = ask(pcp_map(tcp_number, 8080, 8080, 7200, 2));
    auto const deleted = ask(pcp_map(tcp_number, 8080, 0, 0, 2));

    BOOST_TEST(result_of(renewed) == pcp_result::success);
    BOOST_TEST(result_of(deleted) == pcp_result::not_authorized);
}

BOOST_AUTO_TEST_CASE(refuses_other_nonce_takes_it_back) {
    set(vice::accepts_other_nonce);
    set(vice::refuses_other_nonce);
    ask(pcp_map(tcp_number, 8080, 8080, 7200, 1));

    auto const answer = ask(pcp_map(tcp_number, 8080, 8080, 7200, 2));

    BOOST_TEST(result_of(answer) == pcp_result::not_authorized);
}

BOOST_AUTO_TEST_CASE(shortens_lifetimes) {
    set(vice::shortens_lifetimes, 20);

    BOOST_TEST(ask(pcp_map(tcp_number, 8080, 8080)).lifetime == 20U);
    BOOST_TEST(map_nat_pmp(transport::tcp, 8081, 0, 10).lifetime == 10U);
    wait(20s);
    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(short_leases) {
    set(vice::short_leases);

    BOOST_TEST(ask(pcp_map(tcp_number, 8080, 8080)).lifetime == 60U);
    BOOST_TEST(map_nat_pmp(transport::tcp, 8081, 0, 10).lifetime == 60U);
}

BOOST_AUTO_TEST_CASE(lifetime_max) {
    set(vice::lifetime_max);

    BOOST_TEST(ask(pcp_map(tcp_number, 8080, 8080)).lifetime == for_ever);
    wait(std::chrono::hours{24 * 365});
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(grants_zero_lifetime) {
    set(vice::grants_zero_lifetime);

    auto const answer = ask(pcp_map(tcp_number, 8080, 8080));

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(answer.lifetime == 0U);
    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(grants_other_port) {
    set(vice::grants_other_port);

    BOOST_TEST(mapped(ask(pcp_map(tcp_number, 8080, 8080))).external.port == 8081);
    BOOST_TEST(mapped(ask(pcp_map(tcp_number, 8080, 8081))).external.port == 8081);
}

BOOST_AUTO_TEST_CASE(grants_other_port_each_renewal) {
    set(vice::grants_other_port_each_renewal);
    auto const first = mapped(ask(pcp_map(tcp_number, 8080, 8080))).external.port;

    auto const second = mapped(ask(pcp_map(tcp_number, 8080, first))).external.port;

    BOOST_TEST(first == 8080);
    BOOST_TEST(second != first);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(second_mapping_on_other_suggestion) {
    set(vice::second_mapping_on_other_suggestion);
    ask(pcp_map(tcp_number, 8080, 8080));

    BOOST_TEST(mapped(ask(pcp_map(tcp_number, 8080, 9090))).external.port == 9090);
    BOOST_TEST(gateway.mappings() == 2U);
    BOOST_TEST(mapped(ask(pcp_map(tcp_number, 8080, 8080))).external.port == 8080);
    BOOST_TEST(gateway.mappings() == 2U);
}

BOOST_AUTO_TEST_CASE(ignores_prefer_failure) {
    set(vice::ignores_prefer_failure);
    ask(pcp_map(tcp_number, 8080, 8080));
    auto request = pcp_map(tcp_number, 8081, 8080);
    request.options.emplace_back(pcp::prefer_failure{});

    auto const answer = ask(request);

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(mapped(answer).external.port == 8081);
}

BOOST_AUTO_TEST_CASE(no_external_address) {
    set(vice::no_external_address);

    auto const told = std::get<natpmp::address_response>(ask(natpmp::address_request{}));
    auto const answer = ask(pcp_map(tcp_number, 8080, 8080));

    BOOST_TEST(told.result == 0);
    BOOST_TEST(told.external == address("0.0.0.0"));
    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(mapped(answer).external == (endpoint{address("0.0.0.0"), 8080}));
}

BOOST_AUTO_TEST_CASE(no_resources_on_absent_delete) {
    set(vice::no_resources_on_absent_delete);

    auto const answer = ask(pcp_map(tcp_number, 8080, 0, 0));

    BOOST_TEST(result_of(answer) == pcp_result::no_resources);
    BOOST_TEST(answer.lifetime == 30U);
}

BOOST_AUTO_TEST_CASE(delete_all_takes_both_protocols) {
    set(vice::delete_all_takes_both_protocols);
    map_nat_pmp(transport::tcp, 8080, 8080, 3600);
    map_nat_pmp(transport::udp, 8080, 8080, 3600);

    map_nat_pmp(transport::udp, 0, 0, 0);

    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(maps_port_zero) {
    set(vice::maps_port_zero);

    auto const first = map_nat_pmp(transport::udp, 0, 1, 60);
    auto const again = map_nat_pmp(transport::udp, 0, first.assigned_port, 60);

    BOOST_TEST(first.result == 0);
    BOOST_TEST(first.internal_port == 0);
    BOOST_TEST(first.assigned_port != 0);
    BOOST_TEST(again.assigned_port == first.assigned_port);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(vice_names)

BOOST_AUTO_TEST_CASE(are_in_the_order_of_the_enumeration) {
    for (auto const& row : all_vices()) {
        BOOST_TEST(describe(row.id).name == row.name);
    }
    BOOST_TEST(all_vices().back().id == vice::disabled_entries);
}

BOOST_AUTO_TEST_CASE(are_read_with_and_without_values) {
    BOOST_TEST(parse_vice("silent") == (chosen_vice{vice::silent, {}}));
    BOOST_TEST(parse_vice("answers-late") == (chosen_vice{vice::answers_late, {1000, {}}}));
    BOOST_TEST(parse_vice("answers-late=50") == (chosen_vice{vice::answers_late, {50, {}}}));
    BOOST_TEST(parse_vice("epoch-drifts=-20") == (chosen_vice{vice::epoch_drifts, {-20, {}}}));
    BOOST_TEST(parse_vice("refuses=8:600") == (chosen_vice{vice::refuses, {8, 600}}));
    BOOST_TEST(
        parse_vice("version-error-opcode=echo") ==
        (chosen_vice{vice::version_error_opcode, {echoed_opcode, {}}})
    );
}

BOOST_AUTO_TEST_CASE(are_written_as_they_are_read) {
    for (auto const* text :
         {"silent", "answers-late=50", "refuses=8:600", "version-error-opcode=echo"}) {
        BOOST_TEST(to_string(parse_vice(text)) == text);
    }
}

BOOST_AUTO_TEST_CASE(are_rejected_with_a_sentence) {
    auto const why = [](char const* text) {
        try {
            parse_vice(text);
        } catch (std::invalid_argument const& error) {
            return std::string(error.what());
        }
        return std::string();
    };

    BOOST_TEST(why("sillent") == "vice 'sillent': there is no such vice");
    BOOST_TEST(why("silent=1") == "vice 'silent': it takes no value");
    BOOST_TEST(why("loses-every") == "vice 'loses-every': it needs a value: loses-every=N");
    BOOST_TEST(why("loses-every=x") == "vice 'loses-every=x': 'x' is not a number");
    BOOST_TEST(why("loses-every=0") == "vice 'loses-every=0': the value is 1 to 1000000");
    BOOST_TEST(why("refuses=8:-1") == "vice 'refuses=8:-1': a lifetime is 0 to 4294967295 seconds");
    BOOST_TEST(
        why("version-error-opcode=7") ==
        "vice 'version-error-opcode=7': the value is 0, 128, 129, 130 or echo"
    );
}

BOOST_AUTO_TEST_SUITE_END()
