// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pmp::cli {

/// A network interface of this machine, but for loopback.
struct interface_fact {
    std::string name;
    /// It is up and has a carrier.
    bool running = false;
    /// Without neighbours, as those of VPNs and of dial-up links.
    bool point_to_point = false;
    std::vector<ip_address> addresses;
};

/// An IPv4 default route of the main table.
struct route_fact {
    std::string interface;
    /// Unspecified: the link itself, as in tunnels.
    ip_address gateway;
    std::uint32_t metric = 0;
};

/// What this machine's firewall does with what nobody here has asked for.
struct firewall_fact {
    /// `nftables`, `ufw`; empty: none was seen.
    std::string name;
    /// Absent: its rules can't be read.
    std::optional<bool> drops;
    /// How they could be, for a reader who wants to know.
    std::string remedy;
    /// A rule names the port of announcements.
    bool names_announcements = false;
};

/// What the system tells of itself.
struct host_facts {
    std::vector<interface_fact> interfaces;
    /// The preferred one first.
    std::vector<route_fact> routes;
    firewall_fact firewall;
};

/// Nothing is changed, and nothing sent.
host_facts examine_host();

/// Of IPv4, the preferred one first.
std::vector<route_fact> default_routes();

/// Whether announcements of gateways can be listened for on that interface; empty: on any.
error_code try_to_hear(std::string const& interface);

/// What `nft list ruleset` prints.
firewall_fact read_nft(std::string_view rules);
/// What `iptables -S INPUT` prints.
firewall_fact read_iptables(std::string_view rules);

} // namespace pmp::cli
