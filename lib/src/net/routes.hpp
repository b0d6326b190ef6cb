// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/mapping.hpp>
#include <pmp/network.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pmp::net {

/// The table that is searched where no policy says otherwise (RT_TABLE_MAIN).
inline constexpr std::uint32_t main_table = 254;

/// One next hop of a default route.
struct default_route {
    std::uint32_t table = main_table;
    /// The lower, the better.
    std::uint32_t metric = 0;
    unsigned interface_index = 0;
    ip_address gateway;
    /// False where the next hop is dead or its link has no carrier.
    bool alive = true;

    friend bool operator==(default_route const&, default_route const&) = default;
};

struct local_address {
    ip_address address;
    unsigned prefix_length = 0;
    /// Another one takes its place soon, for the sake of privacy (RFC 8981).
    bool temporary = false;
    /// Nothing new should begin from it (RFC 4862 5.5.4).
    bool deprecated = false;

    friend bool operator==(local_address const&, local_address const&) = default;
};

struct interface_state {
    unsigned index = 0;
    std::string name;
    bool running = false;
    bool loopback = false;
    std::vector<local_address> addresses;

    friend bool operator==(interface_state const&, interface_state const&) = default;
};

/// What the system's tables hold at one moment.
struct route_snapshot {
    std::vector<interface_state> interfaces;
    /// Equal metrics: in the order in which the system lists them.
    std::vector<default_route> default_routes;

    friend bool operator==(route_snapshot const&, route_snapshot const&) = default;
};

/// Where a gateway may be, and how to get there.
struct gateway_candidate {
    ip_address gateway;
    /// Empty and 0: whichever the system's routes choose.
    std::string interface;
    unsigned interface_index = 0;
    /// The interface was asked for: nothing may leave by another one.
    bool interface_only = false;
    std::optional<ip_address> source;

    friend bool operator==(gateway_candidate const&, gateway_candidate const&) = default;
};

/// Null where there is none.
interface_state const* find_interface(route_snapshot const&, unsigned index);
interface_state const* find_interface(route_snapshot const&, std::string const& name);

/// The interface that has the address; null where none or more than one has it. A loopback
/// interface has all of its prefixes.
interface_state const* owner_of(route_snapshot const&, ip_address const&);

/// The address that pinholes may lead to: global, not deprecated, and a temporary one only where
/// there is no other. Of several the one that came last.
std::optional<ip_address> lasting_global(interface_state const&);

/// The places to look for a gateway of that family, best first: the address that is configured, and
/// otherwise the next hops of default routes, the main table's first. An interface that is
/// configured, and a source's interface, leave the next hops on that interface alone. Empty: no
/// gateway.
std::vector<gateway_candidate>
candidates(gateway_settings const&, route_snapshot const&, address_family = address_family::ipv4);

} // namespace pmp::net
