// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/error.hpp>
#include <pmp/mapping.hpp>

#include <cstdint>
#include <variant>

// RFC 6886. Sections are of that RFC.
namespace pmp::wire::natpmp {

inline constexpr std::uint8_t version = 0;

/// 3.2
struct address_request {
    friend bool operator==(address_request const&, address_request const&) = default;
};

/// 3.3; lifetime 0 deletes (3.4).
struct map_request {
    transport protocol = transport::udp;
    std::uint16_t internal_port = 0;
    std::uint16_t suggested_port = 0;
    std::uint32_t lifetime = 0;

    friend bool operator==(map_request const&, map_request const&) = default;
};

/// 3.2, also as the announcement of 3.2.1. With a non-zero result the address means nothing.
struct address_response {
    std::uint16_t result = 0;
    std::uint32_t epoch = 0;
    ip_address external = boost::asio::ip::address_v4();

    friend bool operator==(address_response const&, address_response const&) = default;
};

/// 3.3. Gateways cut error responses short, so that the port may be missing: then `has_ports` is
/// false and the last three fields are 0.
struct map_response {
    transport protocol = transport::udp;
    std::uint16_t result = 0;
    std::uint32_t epoch = 0;
    bool has_ports = true;
    std::uint16_t internal_port = 0;
    std::uint16_t assigned_port = 0;
    std::uint32_t lifetime = 0;

    friend bool operator==(map_response const&, map_response const&) = default;
};

/// 3.5: the answer to a version that the gateway does not speak. Erratum 3618 gives it opcode
/// 128; 0, 129 and 130 are in the field, and so are other lengths than 8.
struct version_response {
    std::uint8_t opcode = 128;
    std::uint32_t epoch = 0;

    friend bool operator==(version_response const&, version_response const&) = default;
};

/// 3.5: an error for an opcode that this library never asks for; `opcode` is the request's.
struct error_response {
    std::uint8_t opcode = 0;
    std::uint16_t result = 0;
    std::uint32_t epoch = 0;

    friend bool operator==(error_response const&, error_response const&) = default;
};

using request = std::variant<address_request, map_request>;
using response = std::variant<address_response, map_response, version_response, error_response>;

bytes encode(request const&);
bytes encode(response const&);

/// Errors: `fault::truncated`, `bad_version`, `bad_direction`, `bad_opcode`.
result<request> decode_request(std::span<std::byte const>);
/// Errors: as above. Longer messages than the standard's are accepted. A version error may end
/// after its result, without an epoch; any other error after its epoch.
result<response> decode_response(std::span<std::byte const>);

} // namespace pmp::wire::natpmp
