// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pmp {

/// Which way a packet went.
enum class packet_direction : std::uint8_t { sent, received };

/// One datagram or one HTTP message between this host and a gateway, for whoever wants to read
/// along. Texts are as the gateway sent them: control characters and all.
struct packet {
    /// Which way it went.
    packet_direction direction = packet_direction::sent;
    /// Name of the gateway; empty for what is announced to all.
    std::string gateway;
    /// Who sent it; port 0: not known.
    endpoint source;
    /// To whom.
    endpoint destination;
    /// Of its payload, in octets.
    std::size_t size = 0;
    /// `pcp`, `nat-pmp`, `ssdp` or `upnp`; empty: it is a message of none of them.
    std::string_view protocol;
    /// What is asked or answered: `MAP`, `external address`, `M-SEARCH`, `AddPortMapping`.
    std::string opcode;
    /// What it is about: `tcp 22, external 203.0.113.7:2222`; may be empty.
    std::string subject;
    /// Of an answer; no error: success.
    std::optional<error_code> result;
    /// In seconds, of what it is about; absent where it names none.
    std::optional<std::chrono::seconds> lifetime;
};

} // namespace pmp
