// SPDX-License-Identifier: MIT
#pragma once

#include "wire/igd_description.hpp"
#include "wire/soap.hpp"

#include <pmp/mapping.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// The actions of WANIPConnection, WANPPPConnection and WANIPv6FirewallControl that this library
// uses, and what they give.
namespace pmp::wire::igd {

/// WANIPConnection:2 2.3.23: no lease is longer. 0: for ever, in version 1 alone.
inline constexpr std::chrono::seconds longest_lease{604800};

/// A row of the gateway's table.
struct port_mapping {
    transport protocol = transport::tcp;
    std::uint16_t external_port = 0;
    endpoint internal;
    /// Empty: everybody may come in.
    std::string remote_host;
    std::string description;
    bool enabled = true;
    std::chrono::seconds lease{};

    friend bool operator==(port_mapping const&, port_mapping const&) = default;
};

struct connection_status {
    std::string status;
    std::chrono::seconds uptime{};

    friend bool operator==(connection_status const&, connection_status const&) = default;
};

/// `Connected`, and what routers write for it.
bool is_connected(connection_status const&);
/// A word of the standard for having no connection (WANIPConnection:2 2.3.2).
bool is_disconnected(connection_status const&);

/// `TCP`, `UDP`.
std::string protocol_name(transport);
std::optional<transport> parse_protocol(std::string_view);

/// For the gateway's table: ASCII without what some routers do not escape, at most 60 characters.
std::string table_text(std::string_view);

soap::call ask_status(service const&);
soap::call ask_external_address(service const&);
soap::call ask_default_connection(service const&);
soap::call add_mapping(service const&, port_mapping const&);
/// Version 2: the gateway takes another port where this one is not free.
soap::call add_any_mapping(service const&, port_mapping const&);
/// `remote_host` is part of what makes an entry one and the same.
soap::call delete_mapping(
    service const&, transport, std::uint16_t external_port, std::string const& remote_host = {}
);
soap::call ask_mapping(
    service const&, transport, std::uint16_t external_port, std::string const& remote_host = {}
);
soap::call ask_mapping_at(service const&, std::uint32_t index);

connection_status read_status(soap::answer const&);
/// The unspecified address where the gateway has none; nothing where what it tells is no address of
/// IPv4.
std::optional<ip_address> read_external_address(soap::answer const&);
/// The answer to `ask_mapping` lacks what was asked with; to `ask_mapping_at` it tells all. Nothing
/// where it names no internal port. The internal address is unspecified where none is named.
std::optional<port_mapping> read_mapping(soap::answer const&);
/// NewReservedPort; nothing where it is no port.
std::optional<std::uint16_t> read_reserved_port(soap::answer const&);

struct firewall_status {
    bool enabled = false;
    bool pinholes_allowed = false;

    friend bool operator==(firewall_status const&, firewall_status const&) = default;
};

soap::call ask_firewall(service const&);
/// WANIPv6FirewallControl:1 takes 1 to 86400 seconds.
soap::call
add_pinhole(service const&, transport, endpoint const& internal, std::chrono::seconds lease);
soap::call update_pinhole(service const&, std::uint16_t id, std::chrono::seconds lease);
soap::call delete_pinhole(service const&, std::uint16_t id);
/// How many packets have passed through it; refused where there is no such pinhole.
soap::call ask_pinhole(service const&, std::uint16_t id);

firewall_status read_firewall(soap::answer const&);
std::optional<std::uint16_t> read_pinhole(soap::answer const&);

} // namespace pmp::wire::igd
