// SPDX-License-Identifier: MIT
#include "wire/igd_actions.hpp"

#include "wire/text.hpp"

#include <pmp/parse_address.hpp>

#include <algorithm>
#include <array>

namespace pmp::wire::igd {

namespace {

using std::chrono::seconds;

constexpr std::size_t longest_table_text = 60;

soap::call bare(service const& s, char const* action) {
    return {s.type_name, action, {}};
}

std::vector<soap::argument>
which(transport protocol, std::uint16_t external_port, std::string const& remote_host) {
    return {
        {"NewRemoteHost", remote_host},
        {"NewExternalPort", std::to_string(external_port)},
        {"NewProtocol", protocol_name(protocol)},
    };
}

std::vector<soap::argument> row_of(port_mapping const& m) {
    return {
        {"NewRemoteHost", m.remote_host},
        {"NewExternalPort", std::to_string(m.external_port)},
        {"NewProtocol", protocol_name(m.protocol)},
        {"NewInternalPort", std::to_string(m.internal.port)},
        {"NewInternalClient", m.internal.address.to_string()},
        {"NewEnabled", m.enabled ? "1" : "0"},
        {"NewPortMappingDescription", m.description},
        {"NewLeaseDuration", std::to_string(m.lease.count())},
    };
}

std::optional<std::uint16_t> port_in(std::string_view text) {
    auto const value = number(text);
    return value && *value > 0 && *value <= 65535
               ? std::optional(static_cast<std::uint16_t>(*value))
               : std::nullopt;
}

std::string_view value_of(soap::answer const& a, std::string_view name) {
    return soap::value_of(a.arguments, name);
}

std::optional<ip_address> address_in(std::string_view text) {
    return parse_address(trimmed(text));
}

std::string protocol_number(transport t) {
    return std::to_string(static_cast<unsigned>(t));
}

seconds pinhole_lease(seconds wanted) {
    return std::clamp(wanted, seconds(1), seconds(86400));
}

} // namespace

bool is_connected(connection_status const& s) {
    return same_word(s.status, "Connected") || same_word(s.status, "Up");
}

bool is_disconnected(connection_status const& s) {
    constexpr std::array words{
        "Unconfigured",
        "Connecting",
        "Authenticating",
        "PendingDisconnect",
        "Disconnecting",
        "Disconnected",
    };
    return std::any_of(words.begin(), words.end(), [&](auto const* word) {
        return same_word(s.status, word);
    });
}

std::string protocol_name(transport t) {
    return t == transport::tcp ? "TCP" : "UDP";
}

std::optional<transport> parse_protocol(std::string_view text) {
    text = trimmed(text);
    if (same_word(text, "TCP")) {
        return transport::tcp;
    }
    return same_word(text, "UDP") ? std::optional(transport::udp) : std::nullopt;
}

std::string table_text(std::string_view text) {
    constexpr std::string_view unwelcome = "<>&\"'";
    std::string out;
    for (auto const c : text.substr(0, longest_table_text)) {
        auto const plain = c >= 0x20 && c < 0x7f && unwelcome.find(c) == std::string_view::npos;
        out += plain ? c : '_';
    }
    return out;
}

soap::call ask_status(service const& s) {
    return bare(s, "GetStatusInfo");
}

soap::call ask_external_address(service const& s) {
    return bare(s, "GetExternalIPAddress");
}

soap::call ask_default_connection(service const& s) {
    return bare(s, "GetDefaultConnectionService");
}

soap::call add_mapping(service const& s, port_mapping const& m) {
    return {s.type_name, "AddPortMapping", row_of(m)};
}

soap::call add_any_mapping(service const& s, port_mapping const& m) {
    return {s.type_name, "AddAnyPortMapping", row_of(m)};
}

soap::call delete_mapping(
    service const& s,
    transport protocol,
    std::uint16_t external_port,
    std::string const& remote_host
) {
    return {s.type_name, "DeletePortMapping", which(protocol, external_port, remote_host)};
}

soap::call ask_mapping(
    service const& s,
    transport protocol,
    std::uint16_t external_port,
    std::string const& remote_host
) {
    return {
        s.type_name, "GetSpecificPortMappingEntry", which(protocol, external_port, remote_host)};
}

soap::call ask_mapping_at(service const& s, std::uint32_t index) {
    return {
        s.type_name,
        "GetGenericPortMappingEntry",
        {{"NewPortMappingIndex", std::to_string(index)}}};
}

connection_status read_status(soap::answer const& a) {
    return {
        std::string(value_of(a, "NewConnectionStatus")),
        seconds(number(value_of(a, "NewUptime")).value_or(0))};
}

std::optional<ip_address> read_external_address(soap::answer const& a) {
    auto const text = value_of(a, "NewExternalIPAddress");
    // 2.3.13 wants an empty one where there is none.
    auto const told = trimmed(text).empty() ? ip_address() : address_in(text);
    return told && told->is_v4() ? told : std::nullopt;
}

std::optional<port_mapping> read_mapping(soap::answer const& a) {
    auto const client = address_in(value_of(a, "NewInternalClient"));
    auto const port = port_in(value_of(a, "NewInternalPort"));
    if (!port) {
        return {};
    }
    port_mapping out;
    out.protocol = parse_protocol(value_of(a, "NewProtocol")).value_or(transport::tcp);
    out.external_port = port_in(value_of(a, "NewExternalPort")).value_or(0);
    out.internal = {client.value_or(ip_address()), *port};
    out.remote_host = value_of(a, "NewRemoteHost");
    out.description = value_of(a, "NewPortMappingDescription");
    out.enabled = boolean(value_of(a, "NewEnabled")).value_or(true);
    out.lease = seconds(number(value_of(a, "NewLeaseDuration")).value_or(0));
    return out;
}

std::optional<std::uint16_t> read_reserved_port(soap::answer const& a) {
    return port_in(value_of(a, "NewReservedPort"));
}

soap::call ask_firewall(service const& s) {
    return bare(s, "GetFirewallStatus");
}

soap::call
add_pinhole(service const& s, transport protocol, endpoint const& internal, seconds lease) {
    return {
        s.type_name,
        "AddPinhole",
        {
            {"RemoteHost", ""},
            {"RemotePort", "0"},
            {"InternalClient", internal.address.to_string()},
            {"InternalPort", std::to_string(internal.port)},
            {"Protocol", protocol_number(protocol)},
            {"LeaseTime", std::to_string(pinhole_lease(lease).count())},
        }};
}

soap::call update_pinhole(service const& s, std::uint16_t id, seconds lease) {
    return {
        s.type_name,
        "UpdatePinhole",
        {{"UniqueID", std::to_string(id)},
         {"NewLeaseTime", std::to_string(pinhole_lease(lease).count())}}};
}

soap::call delete_pinhole(service const& s, std::uint16_t id) {
    return {s.type_name, "DeletePinhole", {{"UniqueID", std::to_string(id)}}};
}

soap::call ask_pinhole(service const& s, std::uint16_t id) {
    return {s.type_name, "GetPinholePackets", {{"UniqueID", std::to_string(id)}}};
}

firewall_status read_firewall(soap::answer const& a) {
    return {
        boolean(value_of(a, "FirewallEnabled")).value_or(false),
        boolean(value_of(a, "InboundPinholeAllowed")).value_or(false)};
}

std::optional<std::uint16_t> read_pinhole(soap::answer const& a) {
    auto const value = number(value_of(a, "UniqueID"));
    return value && *value <= 65535 ? std::optional(static_cast<std::uint16_t>(*value))
                                    : std::nullopt;
}

} // namespace pmp::wire::igd
