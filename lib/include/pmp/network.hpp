// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>
#include <pmp/error.hpp>
#include <pmp/lease.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pmp {

/// PCP and NAT-PMP gateways listen here (RFC 6887 19.1, RFC 6886 3).
inline constexpr std::uint16_t gateway_port = 5351;
/// Clients hear announcements here, on 224.0.0.1 and ff02::1 (RFC 6887 14.1.3, RFC 6886 3.2.1).
inline constexpr std::uint16_t announcement_port = 5350;

/// A gateway as its owner describes it. What is absent is found from the routing table.
struct gateway_settings {
    /// Unique among the gateways of one client; mappings name it.
    std::string name = "default";
    /// Of the gateway; absent: that of the default route.
    std::optional<ip_address> address{};
    /// Requests leave by it and announcements are heard on it; empty: found.
    std::string interface = {};
    /// The local address to send from.
    std::optional<ip_address> source{};
    /// Which may be used, best first.
    std::vector<dialect_id> protocols = {dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd};
    /// UPnP: the root description is there, and not looked for; empty: it is looked for.
    std::string description_url{};

    friend bool operator==(gateway_settings const&, gateway_settings const&) = default;
};

/// A gateway as the network shows it now. Its address says of which family it is; mappings of the
/// other one are not asked there.
struct gateway_view {
    /// As in its `gateway_settings`.
    std::string name = "default";
    /// Where requests are sent, and where alone answers may come from. With its scope where that
    /// is link-local.
    ip_address address{};
    /// This host's address towards the gateway; of IPv6, the global one that pinholes lead to.
    ip_address internal{};
    /// Nothing is mapped for `internal` any more: what was is deleted, as long as this host has
    /// that address. Unannounced, and beside the gateway's view from the address that took its
    /// place.
    bool former = false;
    /// By which it is reached; empty: not known.
    std::string interface = {};
    /// 0: not known, announcements are accepted from any interface.
    unsigned interface_index = 0;
    /// Which may be used, best first.
    std::vector<dialect_id> protocols = {dialect_id::pcp, dialect_id::nat_pmp};
    /// Of its UPnP root description; empty: it is searched for.
    std::string description_url{};

    friend bool operator==(gateway_view const&, gateway_view const&) = default;
};

/// All gateways that can be reached now; one that is missing is gone.
struct network_view {
    /// Their names are unique in each family; formers' together with `internal`.
    std::vector<gateway_view> gateways{};

    friend bool operator==(network_view const&, network_view const&) = default;
};

/// A datagram that arrived. The bytes are borrowed for the call that takes it.
struct inbound_datagram {
    /// Name of the gateway whose socket heard it; empty on the announcement port.
    std::string gateway;
    /// Who sent it.
    endpoint source;
    /// The local endpoint that it was sent to, or a group.
    endpoint destination;
    /// 0: not known.
    unsigned interface_index = 0;
    /// Its payload.
    std::span<std::byte const> bytes;
};

/// A datagram to send from the socket of `gateway` that is bound to `source`.
struct outbound_datagram {
    /// Name of the gateway.
    std::string gateway;
    /// Of the gateway.
    endpoint destination;
    /// Its payload.
    std::vector<std::byte> bytes;
    /// Of this host.
    ip_address source{};

    friend bool operator==(outbound_datagram const&, outbound_datagram const&) = default;
};

/// A UPnP search to send from the search socket of `gateway`: bound to its `internal` address and a
/// port of its own, multicast by that interface alone and with a TTL of 2. Replies come to that
/// port, from any port of the gateway.
struct outbound_search {
    /// Name of the gateway.
    std::string gateway{};
    /// The group of SSDP.
    endpoint destination{};
    /// Its payload.
    std::vector<std::byte> bytes{};
    /// Of this host.
    ip_address source{};

    friend bool operator==(outbound_search const&, outbound_search const&) = default;
};

/// An HTTP/1.1 exchange to perform: one connection, one request, one response, no redirection.
struct fetch {
    /// Name of the gateway.
    std::string gateway{};
    /// What its `fetch_result` is known by.
    std::uint64_t id = 0;
    /// Where to connect to.
    endpoint server{};
    /// To bind the socket to.
    ip_address source{};
    /// All of the request, ready to be written.
    std::string request{};
    /// Of the response's body, in octets.
    std::size_t longest_body = 262144;
    /// From the start until the connection stands.
    std::chrono::seconds connect_timeout{5};
    /// From then until the response is complete.
    std::chrono::seconds timeout{30};
    /// It makes what only a deletion, or its lease, ends: what `engine::remembers()` tells is to be
    /// kept before it is performed.
    bool remember_first = false;

    friend bool operator==(fetch const&, fetch const&) = default;
};

/// One field of an HTTP header.
struct header_field {
    /// As it came, in any case of letters.
    std::string name{};
    /// Without the white space around it.
    std::string value{};

    friend bool operator==(header_field const&, header_field const&) = default;
};

/// A listener to open for what a UPnP gateway notifies of (UDA 4), at the `internal` address
/// towards it, a random port and a path that nobody can guess. `engine::listening()` is told where
/// it is; whoever has none leaves it at that.
struct listen_request {
    /// Name of the gateway.
    std::string gateway{};
    /// Of this host.
    ip_address source{};

    friend bool operator==(listen_request const&, listen_request const&) = default;
};

/// A NOTIFY that came to that listener.
struct inbound_notify {
    /// Name of the gateway.
    std::string gateway{};
    /// Who sent it.
    ip_address source{};
    /// Of the request.
    std::vector<header_field> fields{};
    /// Without the framing of HTTP.
    std::string body{};
};

/// How a `fetch` ended. Each is told of once.
struct fetch_result {
    /// Name of the gateway.
    std::string gateway{};
    /// Of its `fetch`.
    std::uint64_t id = 0;
    /// Why there is no response.
    error_code error{};
    /// Of the response, 200.
    unsigned status = 0;
    /// In the order in which they came.
    std::vector<header_field> fields{};
    /// Without the framing of HTTP.
    std::string body{};
};

} // namespace pmp
