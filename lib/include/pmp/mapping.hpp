// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/export.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pmp {

/// IANA protocol numbers.
enum class transport : std::uint8_t { tcp = 6, udp = 17 };

enum class address_family : std::uint8_t { ipv4 = 4, ipv6 = 6 };

/// `tcp`, `udp`.
PMP_EXPORT std::string_view to_string(transport);

/// RFC 6886 3.3 recommends two hours; RFC 6887 15 leaves the choice to the client.
inline constexpr std::chrono::seconds default_lifetime{7200};

/// What the user wants: that a port of this host can be reached through a gateway.
struct mapping {
    /// Unique among the mappings of one client.
    std::string name{};
    /// Of the port; TCP and UDP ports are mapped each by itself.
    transport protocol = transport::tcp;
    /// IPv6 opens a pinhole in the gateway's firewall.
    address_family family = address_family::ipv4;
    /// An unspecified address is this host's own towards the gateway. The port is 1-65535.
    endpoint internal{};
    /// A wish. Port 0 and the unspecified address leave the choice to the gateway.
    endpoint suggested{};
    /// An assigned port other than `suggested.port` counts as refused.
    bool exact = false;
    /// What to ask for; the gateway may grant more or less.
    std::chrono::seconds lifetime = default_lifetime;
    /// Name of the gateway, as in its `gateway_view`.
    std::string gateway = "default";
    /// What the gateway's own table shows (UPnP); empty: `pmpd` and the name.
    std::string description{};

    friend bool operator==(mapping const&, mapping const&) = default;
};

} // namespace pmp
