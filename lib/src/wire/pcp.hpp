// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/error.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// RFC 6887. Sections are of that RFC, where no other is named.
namespace pmp::wire::pcp {

inline constexpr std::uint8_t version = 2;
/// 7
inline constexpr std::size_t max_size = 1100;

enum class opcode : std::uint8_t { announce = 0, map = 1, peer = 2, authentication = 3 };

/// 19.4 and the RFCs that registered the rest.
enum class option_code : std::uint8_t {
    third_party = 1,
    prefer_failure = 2,
    filter = 3,
    nonce = 4,
    authentication_tag = 5,
    pa_authentication_tag = 6,
    eap_payload = 7,
    prf = 8,
    mac_algorithm = 9,
    session_lifetime = 10,
    received_pak = 11,
    id_indicator = 12,
    third_party_id = 13,
    description = 128,
    prefix64 = 129,
    port_set = 130,
    checkpoint_required = 192,
};

/// 11.1: in octets, not a number.
using nonce = std::array<std::byte, 12>;

/// 13.1
struct third_party {
    ip_address internal;
    friend bool operator==(third_party const&, third_party const&) = default;
};

/// 13.2
struct prefer_failure {
    friend bool operator==(prefer_failure const&, prefer_failure const&) = default;
};

/// 13.3. The prefix length counts from the start of the 128 bits (erratum 3891: IPv4 is 96 + n);
/// 0 removes all filters, and then the port and all bits of the address are 0.
struct filter {
    std::uint8_t prefix_length = 0;
    std::uint16_t remote_port = 0;
    ip_address remote = boost::asio::ip::address_v6();
    friend bool operator==(filter const&, filter const&) = default;
};

/// RFC 7220: UTF-8, at most 1016 octets. May be cut inside a character by the server.
struct description {
    std::string text;
    friend bool operator==(description const&, description const&) = default;
};

/// RFC 7225
struct prefix64 {
    struct ipv4_prefix {
        std::uint16_t length = 0;
        ip_address address;
        friend bool operator==(ipv4_prefix const&, ipv4_prefix const&) = default;
    };
    /// In octets: 4, 5, 6, 7, 8 or 12.
    std::uint16_t prefix_octets = 12;
    /// Prefix and suffix, one after the other.
    std::array<std::byte, 12> octets{};
    /// False where a response leaves out the list and its count.
    bool has_list = true;
    std::vector<ipv4_prefix> ipv4_prefixes;
    friend bool operator==(prefix64 const&, prefix64 const&) = default;
};

/// RFC 7753
struct port_set {
    std::uint16_t size = 0;
    std::uint16_t first_internal_port = 0;
    bool parity = false;
    friend bool operator==(port_set const&, port_set const&) = default;
};

/// RFC 7843
struct third_party_id {
    std::vector<std::byte> id;
    friend bool operator==(third_party_id const&, third_party_id const&) = default;
};

/// RFC 7767
struct checkpoint_required {
    friend bool operator==(checkpoint_required const&, checkpoint_required const&) = default;
};

/// An option that is recognised (RFC 7652) or unknown, and kept as it is. Codes below 128 are
/// mandatory for a server to understand (7.3).
struct other_option {
    std::uint8_t code = 0;
    std::vector<std::byte> data;
    friend bool operator==(other_option const&, other_option const&) = default;
};

using option = std::variant<
    third_party,
    prefer_failure,
    filter,
    description,
    prefix64,
    port_set,
    third_party_id,
    checkpoint_required,
    other_option>;

/// 14.1
struct announce_body {
    friend bool operator==(announce_body const&, announce_body const&) = default;
};

/// 11.1: in requests `external` is suggested, in responses assigned.
struct map_body {
    pcp::nonce nonce{};
    /// IANA number; 0: all.
    std::uint8_t protocol = 0;
    std::uint16_t internal_port = 0;
    endpoint external;
    friend bool operator==(map_body const&, map_body const&) = default;
};

/// 12.1
struct peer_body {
    pcp::nonce nonce{};
    std::uint8_t protocol = 0;
    std::uint16_t internal_port = 0;
    endpoint external;
    endpoint remote;
    friend bool operator==(peer_body const&, peer_body const&) = default;
};

/// A body of an opcode that is not understood here, AUTHENTICATION among them.
struct other_body {
    std::uint8_t opcode = 0;
    std::vector<std::byte> data;
    friend bool operator==(other_body const&, other_body const&) = default;
};

using body = std::variant<announce_body, map_body, peer_body, other_body>;

/// 7.1
struct request {
    std::uint32_t lifetime = 0;
    ip_address client;
    pcp::body body;
    std::vector<option> options;
    friend bool operator==(request const&, request const&) = default;
};

/// 7.2
struct response {
    /// The octet as it came: anything but 2 only with UNSUPP_VERSION (9).
    std::uint8_t version = pcp::version;
    std::uint8_t result = 0;
    /// Of the mapping, or of the error.
    std::uint32_t lifetime = 0;
    std::uint32_t epoch = 0;
    pcp::body body;
    std::vector<option> options;
    friend bool operator==(response const&, response const&) = default;
};

/// Errors: what the standard forbids to send. `fault::bad_length`: over 1100 octets;
/// `bad_value`: protocol 0 with a port (11.1), zero ports in PEER (12.1), PREFER_FAILURE without a
/// suggestion or in a deletion (13.2), FILTER in a deletion or with a prefix of no family, a third
/// party that is the client itself (13.1), a suggested UDP port 5350 or 5351 (11.3), PREFIX64 or
/// PORT_SET that asks for nothing; `bad_option`: an option where it may not stand, an option twice
/// that may stand once, a text over its limit.
pmp::result<bytes> encode(request const&);
/// Padded to a multiple of four; what does not fit in 1100 octets is left out.
bytes encode(response const&);

/// The faults of RFC 6887 8.3 in its order. Errors: `truncated`, `bad_direction`, `bad_version`,
/// `bad_length`, `bad_option`; always `bad_version` for version 0, which is NAT-PMP's. An
/// UNSUPP_VERSION response of 4 octets or more is accepted with what it has of its header, its
/// body being an empty `other_body`. Other errors are copies of the request: where a body is short
/// for its opcode it becomes `other_body`, and options end before the first broken one. A success
/// whose body is short is `truncated`.
pmp::result<response> decode_response(std::span<std::byte const>);

/// What a server makes of a request (8.2, 11.3, 12.2, 13): the request, or the result with which to
/// answer, or nothing where it has to be dropped.
struct rejection {
    /// Absent: dropped without an answer.
    std::optional<pcp_result> answer;
    friend bool operator==(rejection const&, rejection const&) = default;
};
std::variant<request, rejection> parse_request(std::span<std::byte const>);

/// The response that a server gives to a request which it could not or would not serve (8.2): a
/// copy of the request with the response header, at most 1100 octets, padded to a multiple of 4.
/// `datagram` has at least 2 octets.
bytes encode_error(
    std::span<std::byte const> datagram,
    pcp_result result,
    std::uint32_t lifetime,
    std::uint32_t epoch
);

} // namespace pmp::wire::pcp
