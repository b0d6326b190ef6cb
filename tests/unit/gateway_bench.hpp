// SPDX-License-Identifier: MIT
#pragma once

#include "support/gateway_simulator.hpp"
#include "support/printers.hpp"
#include "unit/wire_octets.hpp"
#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <pmp/network.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pmp::test {

using namespace std::chrono_literals;
namespace pcp = wire::pcp;
namespace natpmp = wire::natpmp;

inline constexpr std::uint8_t tcp_number = 6;
inline constexpr std::uint8_t udp_number = 17;

/// A packet, and when the gateway sent it.
struct sent_packet {
    std::chrono::nanoseconds after;
    packet sent;
};

/// A gateway at 192.168.1.1 with nothing but a client at 192.168.1.10 port 40000 in front of it.
class gateway_bench {
public:
    gateway_bench() : gateway_bench(gateway_options{}) {}
    explicit gateway_bench(gateway_options const& options) : gateway(options, 1, start) {
        gateway.on_exchange([this](exchange const& seen) { last = seen; });
    }

    /// What the gateway sends at once.
    std::vector<packet> send(wire::bytes const& bytes) {
        gateway.receive({client, {gateway.options().address, gateway_port}, bytes}, now);
        return sent();
    }

    std::vector<packet> sent() {
        std::vector<packet> result;
        while (auto one = gateway.poll()) {
            result.push_back(*std::move(one));
        }
        return result;
    }

    /// What it sends meanwhile.
    std::vector<sent_packet> wait(std::chrono::nanoseconds duration) {
        std::vector<sent_packet> result;
        auto const begin = now;
        auto const end = now + duration;
        do {
            now = std::min(end, std::max(now, gateway.wake_at()));
            gateway.tick(now);
            for (auto& one : sent()) {
                result.push_back({now - begin, std::move(one)});
            }
        } while (now < end);
        return result;
    }

    pcp::response ask(pcp::request const& request) {
        auto const encoded = pcp::encode(request);
        BOOST_REQUIRE(encoded.has_value());
        auto const answers = send(*encoded);
        BOOST_REQUIRE(!answers.empty());
        return decode_pcp(answers.front());
    }

    natpmp::response ask(natpmp::request const& request) {
        auto const answers = send(natpmp::encode(request));
        BOOST_REQUIRE(!answers.empty());
        return decode_nat_pmp(answers.front());
    }

    natpmp::map_response map_nat_pmp(
        transport protocol, std::uint16_t internal, std::uint16_t suggested, std::uint32_t lifetime
    ) {
        auto const answer = ask(natpmp::map_request{protocol, internal, suggested, lifetime});
        BOOST_REQUIRE(std::holds_alternative<natpmp::map_response>(answer));
        return std::get<natpmp::map_response>(answer);
    }

    static pcp::response decode_pcp(packet const& answer) {
        auto const decoded = pcp::decode_response(answer.bytes);
        BOOST_REQUIRE(decoded.has_value());
        return *decoded;
    }

    static natpmp::response decode_nat_pmp(packet const& answer) {
        auto const decoded = natpmp::decode_response(answer.bytes);
        BOOST_REQUIRE(decoded.has_value());
        return *decoded;
    }

    void set(vice id) { set(id, describe(id).usual.value_or(0)); }
    void set(vice id, std::int64_t number, std::optional<std::int64_t> lifetime = {}) {
        gateway.set({id, {number, lifetime}}, now);
        sent();
    }

    static constexpr time_point start{1000s};
    time_point now = start;
    endpoint client{address("192.168.1.10"), 40000};
    gateway_simulator gateway;
    exchange last;
};

/// A MAP of 192.168.1.10, with a nonce of which the first octet is given.
inline pcp::request pcp_map(
    std::uint8_t protocol,
    std::uint16_t internal,
    std::uint16_t suggested,
    std::uint32_t lifetime = 7200,
    unsigned char nonce = 1
) {
    pcp::map_body body;
    body.nonce.front() = std::byte{nonce};
    body.protocol = protocol;
    body.internal_port = internal;
    body.external = {address("0.0.0.0"), suggested};
    return {lifetime, address("192.168.1.10"), body, {}};
}

inline pcp::map_body const& mapped(pcp::response const& answer) {
    BOOST_REQUIRE(std::holds_alternative<pcp::map_body>(answer.body));
    return std::get<pcp::map_body>(answer.body);
}

inline pcp_result result_of(pcp::response const& answer) {
    return static_cast<pcp_result>(answer.result);
}

} // namespace pmp::test
