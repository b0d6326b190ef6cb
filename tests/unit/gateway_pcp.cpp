// SPDX-License-Identifier: MIT
#include "unit/gateway_bench.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <iterator>

// The PCP side of a simulated gateway without vices: RFC 6887.

using namespace pmp::test;
using pmp::dialect_id;
using pmp::pcp_result;

BOOST_FIXTURE_TEST_SUITE(gateway_pcp, gateway_bench)

BOOST_AUTO_TEST_CASE(gives_the_verdicts_of_the_vectors) {
    std::ifstream in(PMP_SOURCE_DIR "/tests/vectors/vectors_extra.json");
    std::string const text{std::istreambuf_iterator<char>(in), {}};
    auto const vectors = boost::json::parse(text).as_array();

    auto checked = 0;
    for (auto const& vector : vectors) {
        auto const verdict = std::string(vector.at("expect").at("verdict").as_string());
        if (verdict.rfind("server:", 0) != 0) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.at("name").as_string().c_str()) {
            gateway_bench fresh;
            auto const answers = fresh.send(hex(vector.at("hex").as_string()));
            auto const text_of = [](pmp::wire::bytes const& answer) {
                auto const code = std::to_integer<int>(answer.at(3));
                return code == 0 ? "server:ok" : "server:error:" + std::to_string(code);
            };
            auto const given = answers.empty() ? "server:drop" : text_of(answers.front().bytes);
            BOOST_TEST(given == verdict);
            BOOST_TEST((answers.empty() || answers.front().bytes.size() % 4 == 0));
        }
        ++checked;
    }
    BOOST_TEST(checked == 13);
}

BOOST_AUTO_TEST_CASE(grants_the_suggested_port_where_it_is_free) {
    auto const answer = ask(pcp_map(tcp_number, 8080, 2222));

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(answer.lifetime == 7200U);
    BOOST_TEST(mapped(answer).internal_port == 8080);
    BOOST_TEST(mapped(answer).external == (pmp::endpoint{address("203.0.113.7"), 2222}));
    BOOST_TEST((mapped(answer).nonce.front() == std::byte{1}));
}

BOOST_AUTO_TEST_CASE(answers_from_its_own_address_and_port_to_where_the_request_came_from) {
    auto const answers = send(*pcp::encode(pcp_map(tcp_number, 8080, 0)));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(answers[0].source == (pmp::endpoint{address("192.168.1.1"), 5351}));
    BOOST_TEST(answers[0].destination == client);
}

BOOST_AUTO_TEST_CASE(grants_another_port_where_the_suggested_one_is_taken) {
    ask(pcp_map(tcp_number, 8080, 2222));

    auto const answer = ask(pcp_map(tcp_number, 8081, 2222));

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(mapped(answer).external.port == 2223);
}

BOOST_AUTO_TEST_CASE(never_grants_the_ports_of_the_protocol_itself) {
    auto request = *pcp::encode(pcp_map(udp_number, 8080, 5352));
    request.at(43) = std::byte{5351 & 0xff};

    auto const answers = send(request);

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(mapped(decode_pcp(answers[0])).external.port == 5352);
}

BOOST_AUTO_TEST_CASE(keeps_lifetimes_within_its_bounds) {
    BOOST_TEST(ask(pcp_map(tcp_number, 1, 0, 1)).lifetime == 120U);
    BOOST_TEST(ask(pcp_map(tcp_number, 2, 0, 3600)).lifetime == 3600U);
    BOOST_TEST(ask(pcp_map(tcp_number, 3, 0, 0xffffffff)).lifetime == 86400U);
}

BOOST_AUTO_TEST_CASE(renews_the_mapping_of_the_same_nonce_and_keeps_its_port) {
    ask(pcp_map(tcp_number, 8080, 2222));
    wait(1h);

    auto const answer = ask(pcp_map(tcp_number, 8080, 4444));

    BOOST_TEST(mapped(answer).external.port == 2222);
    BOOST_TEST(gateway.mappings() == 1U);
    BOOST_TEST(gateway.table().front().expires == now + 7200s);
}

BOOST_AUTO_TEST_CASE(refuses_another_nonce_for_as_long_as_the_mapping_lives) {
    ask(pcp_map(tcp_number, 8080, 2222, 7200, 1));
    wait(1h);

    auto const answer = ask(pcp_map(tcp_number, 8080, 2222, 7200, 2));

    BOOST_TEST(result_of(answer) == pcp_result::not_authorized);
    BOOST_TEST(answer.lifetime == 3600U);
    wait(1h);
    BOOST_TEST(result_of(ask(pcp_map(tcp_number, 8080, 2222, 7200, 2))) == pcp_result::success);
}

BOOST_AUTO_TEST_CASE(deletes_the_mapping_of_the_same_nonce_only) {
    ask(pcp_map(tcp_number, 8080, 2222, 7200, 1));

    auto const refusal = ask(pcp_map(tcp_number, 8080, 0, 0, 2));
    BOOST_TEST(result_of(refusal) == pcp_result::not_authorized);
    BOOST_TEST(refusal.lifetime == 7200U);
    BOOST_TEST(gateway.mappings() == 1U);

    auto const answer = ask(pcp_map(tcp_number, 8080, 0, 0, 1));
    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(answer.lifetime == 0U);
    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(calls_the_deletion_of_what_is_not_there_a_success) {
    auto const answer = ask(pcp_map(tcp_number, 8080, 0, 0));

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(answer.lifetime == 0U);
}

BOOST_AUTO_TEST_CASE(lets_mappings_run_out) {
    std::vector<std::uint16_t> expired;
    gateway.on_expiry([&](auto const& mapping) { expired.push_back(mapping.external.port); });
    ask(pcp_map(tcp_number, 8080, 2222, 120));

    wait(119s);
    BOOST_TEST(gateway.mappings() == 1U);
    wait(1s);

    BOOST_TEST(gateway.mappings() == 0U);
    BOOST_TEST(expired == std::vector<std::uint16_t>{2222});
}

BOOST_AUTO_TEST_CASE(refuses_a_client_address_that_is_not_the_source) {
    auto request = pcp_map(tcp_number, 8080, 0);
    request.client = address("10.0.0.10");

    auto const answer = ask(request);

    BOOST_TEST(result_of(answer) == pcp_result::address_mismatch);
    BOOST_TEST(answer.lifetime == 1800U);
    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(fails_instead_of_assigning_another_port_where_that_is_preferred) {
    ask(pcp_map(tcp_number, 8080, 2222));
    auto request = pcp_map(tcp_number, 8081, 2222);
    request.options.emplace_back(pcp::prefer_failure{});

    BOOST_TEST(result_of(ask(request)) == pcp_result::cannot_provide_external);

    std::get<pcp::map_body>(request.body).external.port = 2224;
    auto const answer = ask(request);
    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(mapped(answer).external.port == 2224);
}

BOOST_AUTO_TEST_CASE(fails_where_another_external_address_is_preferred) {
    auto request = pcp_map(tcp_number, 8081, 2222);
    std::get<pcp::map_body>(request.body).external.address = address("203.0.113.8");
    request.options.emplace_back(pcp::prefer_failure{});

    BOOST_TEST(result_of(ask(request)) == pcp_result::cannot_provide_external);
}

BOOST_AUTO_TEST_CASE(maps_for_a_third_party_only_where_that_is_allowed) {
    auto request = pcp_map(tcp_number, 8080, 2222);
    request.options.emplace_back(pcp::third_party{address("192.168.1.20")});
    BOOST_TEST(result_of(ask(request)) == pcp_result::unsupp_option);

    gateway_options options;
    options.third_party = true;
    gateway_bench trusting(options);
    auto const answer = trusting.ask(request);

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST((answer.options == request.options));
    BOOST_TEST(trusting.gateway.table().front().internal.address == address("192.168.1.20"));
}

BOOST_AUTO_TEST_CASE(repeats_in_a_success_only_the_options_that_it_processed) {
    auto request = pcp_map(tcp_number, 8080, 2222);
    request.options.emplace_back(pcp::description{"nas"});
    request.options.emplace_back(pcp::checkpoint_required{});

    auto const answer = ask(request);

    BOOST_TEST((answer.options == std::vector<pcp::option>{pcp::description{"nas"}}));
    BOOST_TEST(gateway.table().front().description == "nas");
}

BOOST_AUTO_TEST_CASE(repeats_the_request_in_an_error) {
    auto const request = pcp_map(132, 8080, 2222);

    auto const answer = ask(request);

    BOOST_TEST(result_of(answer) == pcp_result::unsupp_protocol);
    BOOST_TEST((answer.body == request.body));
}

BOOST_AUTO_TEST_CASE(answers_an_announce_request_and_changes_nothing) {
    gateway_options options;
    options.uptime = 86400s;
    gateway_bench old(options);

    auto const answer = old.ask(pcp::request{0, address("192.168.1.10"), pcp::announce_body{}, {}});

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(std::holds_alternative<pcp::announce_body>(answer.body));
    BOOST_TEST(answer.epoch == 86400U);
    BOOST_TEST(answer.lifetime == 0U);
}

BOOST_AUTO_TEST_CASE(does_not_serve_peer) {
    pcp::peer_body body;
    body.protocol = udp_number;
    body.internal_port = 40000;
    body.external.address = address("0.0.0.0");
    body.remote = {address("198.51.100.20"), 3478};

    auto const answer = ask(pcp::request{600, address("192.168.1.10"), body, {}});

    BOOST_TEST(result_of(answer) == pcp_result::unsupp_opcode);
}

BOOST_AUTO_TEST_CASE(has_no_room_beyond_its_capacity_but_renews) {
    gateway_options options;
    options.capacity = 1;
    gateway_bench small(options);
    small.ask(pcp_map(tcp_number, 8080, 0));

    auto const answer = small.ask(pcp_map(tcp_number, 8081, 0));

    BOOST_TEST(result_of(answer) == pcp_result::no_resources);
    BOOST_TEST(answer.lifetime == 30U);
    BOOST_TEST(result_of(small.ask(pcp_map(tcp_number, 8080, 0))) == pcp_result::success);
}

BOOST_AUTO_TEST_CASE(fails_while_there_is_no_external_address) {
    gateway.set_external_address(address("0.0.0.0"), now);
    sent();

    BOOST_TEST(result_of(ask(pcp_map(tcp_number, 8080, 0))) == pcp_result::network_failure);
}

BOOST_AUTO_TEST_CASE(opens_a_pinhole_for_an_ipv6_host) {
    gateway_options options;
    options.address = address("2001:db8:1::1");
    gateway_bench six(options);
    six.client = {address("2001:db8:1::10"), 40000};
    auto request = pcp_map(tcp_number, 443, 8443);
    request.client = six.client.address;
    std::get<pcp::map_body>(request.body).external.address = address("::");

    auto const answer = six.ask(request);

    BOOST_TEST(result_of(answer) == pcp_result::success);
    BOOST_TEST(mapped(answer).external == (pmp::endpoint{address("2001:db8:1::10"), 443}));
}

BOOST_AUTO_TEST_CASE(answers_nat_pmp_with_its_own_version_where_it_speaks_pcp_alone) {
    gateway.set_protocols({dialect_id::pcp});

    auto const answers = send(hex("0000"));

    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(to_hex(answers[0].bytes) == "028000010000070800000000000000000000000000000000");
}

BOOST_AUTO_TEST_CASE(counts_its_epoch_in_seconds) {
    wait(5s);

    BOOST_TEST(ask(pcp_map(tcp_number, 8080, 0)).epoch == 5U);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
