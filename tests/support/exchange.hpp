// SPDX-License-Identifier: MIT
#pragma once

#include "wire/pcp.hpp"

#include <pmp/clock.hpp>
#include <pmp/endpoint.hpp>
#include <pmp/lease.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace pmp::test {

/// A UDP payload between two endpoints.
struct packet {
    endpoint source;
    endpoint destination;
    wire::bytes bytes;

    friend bool operator==(packet const&, packet const&) = default;
};

enum class request_kind : std::uint8_t {
    /// The external address (NAT-PMP, UPnP).
    address,
    map,
    /// A mapping with lifetime 0.
    remove,
    /// All mappings of the client (NAT-PMP).
    remove_all,
    /// PCP ANNOUNCE.
    announce,
    /// An SSDP search, the description, the state of the connection and a row of the table (UPnP).
    search,
    describe,
    status,
    look,
    /// To events (UPnP).
    subscribe,
    unsubscribe,
    /// Anything else: another version or opcode, or broken.
    other,
};

/// One request that reached a simulated gateway, and what came of it.
struct exchange {
    time_point at;
    endpoint client;
    /// By the port and the version of the request; absent where nothing has such.
    std::optional<dialect_id> via;
    request_kind kind = request_kind::other;
    /// IANA number.
    std::uint8_t protocol = 0;
    endpoint internal;
    endpoint suggested;
    /// Seconds asked for.
    std::uint32_t lifetime = 0;
    std::optional<wire::pcp::nonce> nonce;

    /// Absent: it was dropped.
    std::optional<dialect_id> answered_by;
    /// As in the answer; of UPnP the error code, or else the HTTP status.
    std::uint16_t result = 0;
    endpoint assigned;
    /// Seconds granted, or the lifetime of the error.
    std::uint32_t granted = 0;
    std::uint32_t epoch = 0;
};

/// One line without its time: `pcp map udp 192.168.1.10:51820 suggested 51820 lifetime 7200 ->
/// SUCCESS 203.0.113.7:51820 lifetime 7200 epoch 12`.
std::string to_string(exchange const&);

std::string to_hex(wire::pcp::nonce const&);

/// `tcp`, `udp`, otherwise the number.
std::string protocol_name(std::uint8_t);

} // namespace pmp::test
