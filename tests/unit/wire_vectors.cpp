// SPDX-License-Identifier: MIT
#include "unit/wire_pcp_messages.hpp"
#include "unit/wire_vector_file.hpp"
#include "wire/dhcp.hpp"
#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

// tests/vectors: datagrams of every kind, and what a client or a gateway makes of each.

using pmp::test::address;
using pmp::test::number;
using pmp::test::test_vector;
using pmp::test::to_hex;
using pmp::wire::bytes;

namespace dhcp = pmp::wire::dhcp;
namespace json = boost::json;
namespace natpmp = pmp::wire::natpmp;
namespace pcp = pmp::wire::pcp;

namespace {

/// As it is on the wire, where an IPv4 address and its mapped form are the same.
pmp::ip_address address_at(json::object const& fields, char const* key, pmp::ip_address otherwise) {
    auto const* const found = fields.if_contains(key);
    if (found == nullptr) {
        return otherwise;
    }
    pmp::wire::writer out;
    out.ip128(address(found->as_string().c_str()));
    auto const octets = std::move(out).take();
    return pmp::wire::reader(octets).ip128();
}

// What a vector leaves out of its fields.

natpmp::request natpmp_request(json::object const& fields) {
    auto const opcode = number(fields, "opcode", 1);
    if (opcode == 0) {
        return natpmp::address_request{};
    }
    BOOST_REQUIRE((opcode == 1 || opcode == 2));
    natpmp::map_request out;
    out.protocol = opcode == 1 ? pmp::transport::udp : pmp::transport::tcp;
    out.internal_port = number<std::uint16_t>(fields, "internal_port", 0);
    out.suggested_port = number<std::uint16_t>(fields, "suggested_external_port", 0);
    out.lifetime = number<std::uint32_t>(fields, "lifetime", 0);
    return out;
}

pcp::request pcp_request_before_fields(std::string const& name) {
    auto out = pmp::test::map_request();
    if (name == "pcp-req-map-third-party-prefer-failure") {
        std::get<pcp::map_body>(out.body).external.address = address("203.0.113.7");
    } else if (name == "pcp-req-announce-prefix64") {
        out = {0, address("2001:db8:1::10"), pcp::announce_body{}, {}};
    }
    return out;
}

pcp::option option_from(json::object const& fields) {
    switch (number(fields, "code", 0)) {
    case 1: return pcp::third_party{address_at(fields, "ip", {})};
    case 2: return pcp::prefer_failure{};
    case 3:
        return pcp::filter{
            number<std::uint8_t>(fields, "prefix_length", 0),
            number<std::uint16_t>(fields, "peer_port", 0),
            address_at(fields, "peer_ip", address("::"))};
    case 128: return pcp::description{json::value_to<std::string>(fields.at("text"))};
    case 129: return pcp::prefix64{};
    default: BOOST_FAIL("an option that this test cannot make"); return pcp::prefer_failure{};
    }
}

template <class Body>
void set_mapping(Body& body, json::object const& fields) {
    body.nonce = pmp::test::some_nonce;
    body.protocol = number<std::uint8_t>(fields, "protocol", body.protocol);
    body.internal_port = number<std::uint16_t>(fields, "internal_port", body.internal_port);
    auto& external = body.external;
    external.port = number<std::uint16_t>(fields, "suggested_external_port", external.port);
    external.address = address_at(fields, "suggested_external_ip", external.address);
}

pcp::request pcp_request(test_vector const& v) {
    auto const fields = v.fields();
    auto out = pcp_request_before_fields(v.name);
    out.lifetime = number<std::uint32_t>(fields, "lifetime", out.lifetime);
    out.client = address_at(fields, "client_ip", out.client);
    if (number(fields, "opcode", 1) == 2) {
        pcp::peer_body peer;
        set_mapping(peer, fields);
        peer.remote.port = number<std::uint16_t>(fields, "peer_port", 0);
        peer.remote.address = address_at(fields, "peer_ip", {});
        out.body = peer;
    } else if (auto* map = std::get_if<pcp::map_body>(&out.body)) {
        set_mapping(*map, fields);
    }
    if (auto const* options = fields.if_contains("options")) {
        for (auto const& option : options->as_array()) {
            out.options.push_back(option_from(option.as_object()));
        }
    }
    return out;
}

// What was decoded, by the names that the vectors give to fields.

void describe(json::object& out, pcp::third_party const& o) {
    out["ip"] = o.internal.to_string();
}
void describe(json::object& out, pcp::filter const& o) {
    out["prefix_length"] = o.prefix_length;
    out["peer_port"] = o.remote_port;
    out["peer_ip"] = o.remote.to_string();
}
void describe(json::object& out, pcp::description const& o) {
    out["text"] = o.text;
}
void describe(json::object& out, pcp::prefix64 const& o) {
    boost::asio::ip::address_v6::bytes_type octets{};
    std::transform(
        o.octets.begin(),
        o.octets.begin() + o.prefix_octets,
        octets.begin(),
        [](std::byte octet) { return std::to_integer<unsigned char>(octet); }
    );
    auto const prefix = boost::asio::ip::address_v6(octets);
    out["prefix"] = prefix.to_string() + "/" + std::to_string(8 * o.prefix_octets);
}
void describe(json::object& out, pcp::port_set const& o) {
    out["size"] = o.size;
    out["first_internal_port"] = o.first_internal_port;
}
template <class Other>
void describe(json::object& /*out*/, Other const& /*o*/) {}

/// Code and length as they are in the datagram, where its options begin at `offset`.
json::array
described(std::vector<pcp::option> const& options, bytes const& datagram, std::size_t offset) {
    pmp::wire::reader in(datagram);
    in.skip(offset);
    json::array out;
    for (auto const& option : options) {
        json::object seen;
        seen["code"] = in.u8();
        in.skip(1);
        auto const length = in.u16();
        seen["len"] = length;
        seen["pad"] = (4 - length % 4) % 4;
        in.skip(static_cast<std::size_t>(length + (4 - length % 4) % 4));
        std::visit([&seen](auto const& o) { describe(seen, o); }, option);
        out.push_back(seen);
    }
    BOOST_TEST(in.left() == 0U);
    BOOST_TEST(!in.overrun());
    return out;
}

/// How a client takes a datagram from its gateway, and what it read.
struct judgement {
    std::string verdict = "drop";
    json::object seen;
};

void describe(json::object& out, natpmp::address_response const& m) {
    out["op"] = 0;
    out["result"] = m.result;
    out["epoch"] = m.epoch;
    out["external_ip"] = m.external.to_string();
}
void describe(json::object& out, natpmp::map_response const& m) {
    out["op"] = m.protocol == pmp::transport::udp ? 1 : 2;
    out["result"] = m.result;
    out["epoch"] = m.epoch;
    out["internal_port"] = m.internal_port;
    out["external_port"] = m.assigned_port;
    out["lifetime"] = m.lifetime;
}
void describe(json::object& out, natpmp::error_response const& m) {
    out["op"] = m.opcode;
    out["result"] = m.result;
    out["epoch"] = m.epoch;
}
void describe(json::object& out, natpmp::version_response const& m) {
    out["result"] = 1;
    out["epoch"] = m.epoch;
}

judgement judge_natpmp(bytes const& datagram) {
    auto const message = natpmp::decode_response(datagram);
    judgement out;
    if (message.has_error()) {
        return out;
    }
    std::visit([&out](auto const& m) { describe(out.seen, m); }, *message);
    auto const is_version_error = std::holds_alternative<natpmp::version_response>(*message);
    auto const* const otherwise = out.seen.at("result") == 0 ? "accept" : "error";
    out.verdict = is_version_error ? "downgrade-to-natpmp" : otherwise;
    return out;
}

template <class Body>
void describe_mapping(json::object& out, Body const& b) {
    out["nonce"] = to_hex(b.nonce);
    out["protocol"] = b.protocol;
    out["internal_port"] = b.internal_port;
    out["external_port"] = b.external.port;
    out["external_ip"] = b.external.address.to_string();
}

judgement judge_pcp(bytes const& datagram) {
    auto const message = pcp::decode_response(datagram);
    judgement out;
    if (message.has_error()) {
        return out;
    }
    out.seen["server_version"] = message->version;
    out.seen["result"] = message->result;
    out.seen["lifetime"] = message->lifetime;
    out.seen["epoch"] = message->epoch;
    if (message->result == 1) {
        out.verdict = "version-negotiation";
        return out;
    }
    std::size_t options_offset = 24;
    auto is_ours = true;
    if (auto const* map = std::get_if<pcp::map_body>(&message->body)) {
        options_offset = 60;
        describe_mapping(out.seen, *map);
        is_ours = map->nonce == pmp::test::some_nonce;
    } else if (auto const* peer = std::get_if<pcp::peer_body>(&message->body)) {
        options_offset = 80;
        describe_mapping(out.seen, *peer);
        out.seen["peer_port"] = peer->remote.port;
        out.seen["peer_ip"] = peer->remote.address.to_string();
        is_ours = peer->nonce == pmp::test::some_nonce;
    }
    out.seen["op"] = message->body.index();
    out.seen["options"] = described(message->options, datagram, options_offset);
    auto const* const accepted = message->result == 0 ? "accept" : "error";
    out.verdict = is_ours ? accepted : "drop";
    return out;
}

void check_fields(json::object const& expected, json::object const& seen);

void check_options(json::array const& expected, json::array const& seen) {
    BOOST_REQUIRE(expected.size() == seen.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        check_fields(expected[i].as_object(), seen[i].as_object());
    }
}

void check_fields(json::object const& expected, json::object const& seen) {
    for (auto const& [key, value] : expected) {
        BOOST_TEST_CONTEXT("field " << key) {
            BOOST_REQUIRE(seen.contains(key));
            if (key == "options") {
                check_options(value.as_array(), seen.at(key).as_array());
            } else {
                BOOST_TEST(seen.at(key) == value);
            }
        }
    }
}

// One check for each verdict.

void check_encoding(test_vector const& v) {
    if (v.protocol == "NAT-PMP") {
        auto const request = natpmp_request(v.fields());
        BOOST_TEST(to_hex(encode(request)) == to_hex(v.datagram));
        auto const decoded = natpmp::decode_request(v.datagram);
        BOOST_TEST((decoded.has_value() && *decoded == request));
        return;
    }
    auto const request = pcp_request(v);
    auto const datagram = encode(request);
    BOOST_REQUIRE(datagram.has_value());
    BOOST_TEST(to_hex(*datagram) == to_hex(v.datagram));
    auto const parsed = pcp::parse_request(v.datagram);
    auto const* const decoded = std::get_if<pcp::request>(&parsed);
    BOOST_TEST((decoded != nullptr && *decoded == request));
}

void check_judgement(test_vector const& v) {
    auto const is_natpmp = v.datagram.empty() || v.datagram.front() == std::byte{natpmp::version};
    auto const judged = is_natpmp ? judge_natpmp(v.datagram) : judge_pcp(v.datagram);

    BOOST_TEST(judged.verdict == v.verdict);
    check_fields(v.fields(), judged.seen);
}

void check_servers(test_vector const& v) {
    auto const decoded =
        v.protocol == "DHCPv4" ? dhcp::decode_v4(v.datagram) : dhcp::decode_v6(v.datagram);
    BOOST_REQUIRE(decoded.has_value() == (v.verdict == "accept"));
    if (!decoded) {
        return;
    }
    json::array seen;
    for (auto const& server : *decoded) {
        json::array addresses;
        for (auto const& a : server) {
            addresses.emplace_back(a.to_string());
        }
        seen.push_back(addresses);
    }
    check_fields(v.fields(), {{"servers", seen}});
}

void check_rejection(test_vector const& v, std::optional<pmp::pcp_result> answer) {
    auto const parsed = pcp::parse_request(v.datagram);
    auto const* const rejection = std::get_if<pcp::rejection>(&parsed);
    BOOST_REQUIRE(rejection != nullptr);
    BOOST_REQUIRE((rejection->answer == answer));
    if (!answer) {
        return;
    }
    auto const datagram = pcp::encode_error(v.datagram, *answer, 1800, 86400);
    auto const response = pcp::decode_response(datagram);
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(response->result == static_cast<int>(*answer));
    BOOST_TEST(response->lifetime == 1800U);
    BOOST_TEST(response->epoch == 86400U);
    BOOST_TEST(datagram.size() == (v.datagram.size() + 3) / 4 * 4);
}

void check_service(test_vector const& v) {
    auto const parsed = pcp::parse_request(v.datagram);
    auto const* const request = std::get_if<pcp::request>(&parsed);
    BOOST_REQUIRE(request != nullptr);
    BOOST_TEST(request->client.to_string() == json::value_to<std::string>(v.expect.at("source")));
}

void check(test_vector const& v) {
    std::string const server_error = "server:error:";
    BOOST_TEST(v.datagram.size() == number<std::size_t>(v.expect, "length", 0));
    auto const is_dhcp = v.protocol == "DHCPv4" || v.protocol == "DHCPv6";
    BOOST_TEST((is_dhcp || v.protocol == "NAT-PMP" || v.protocol == "PCP"));
    if (is_dhcp) {
        check_servers(v);
    } else if (v.verdict == "encode") {
        check_encoding(v);
    } else if (v.verdict == "server:ok") {
        check_service(v);
    } else if (v.verdict == "server:drop") {
        check_rejection(v, std::nullopt);
    } else if (v.verdict.rfind(server_error, 0) == 0) {
        auto const code = std::stoi(v.verdict.substr(server_error.size()));
        check_rejection(v, static_cast<pmp::pcp_result>(code));
    } else {
        check_judgement(v);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_vectors)

BOOST_AUTO_TEST_CASE(each_get_their_verdict) {
    for (auto const* file : {"vectors.json", "vectors_extra.json"}) {
        for (auto const& v : pmp::test::load_vectors(file)) {
            BOOST_TEST_CONTEXT(v.name) {
                check(v);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
