// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>
#include <pmp/export.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pmp {

/// IANA protocol numbers.
enum class transport : std::uint8_t { tcp = 6, udp = 17 };

enum class address_family : std::uint8_t { ipv4 = 4, ipv6 = 6 };

/// `tcp`, `udp`.
PMP_EXPORT std::string_view to_string(transport);

/// RFC 6886 3.3 recommends two hours; RFC 6887 15 leaves the choice to the client.
inline constexpr std::chrono::seconds default_lifetime{7200};

/// The remote hosts whose addresses begin with the first bits of one.
struct remote_prefix {
    /// Bits beyond `length` are zero.
    ip_address address{};
    /// In bits: 1-32 for IPv4.
    std::uint8_t length = 32;

    friend bool operator==(remote_prefix const&, remote_prefix const&) = default;
    /// `198.51.100.0/24`; of a single host its address alone.
    friend PMP_EXPORT std::string to_string(remote_prefix const&);
};

/// Errors: `fault::bad_value`, also where bits beyond the length are set.
PMP_EXPORT result<remote_prefix> parse_remote_prefix(std::string_view);

/// What the user wants: that a port of this host can be reached through a gateway.
struct mapping {
    /// Unique among the mappings of one client.
    std::string name{};
    /// Of the port; TCP and UDP ports are mapped each by itself.
    transport protocol = transport::tcp;
    /// IPv6 opens a pinhole in the gateway's firewall, for the port as it is.
    address_family family = address_family::ipv4;
    /// An unspecified address is this host's own towards the gateway; another host's is mapped
    /// for by PCP (RFC 6887 13.1) and UPnP, where the gateway allows that. The port is 1-65535, or
    /// 0 for the number that the gateway assigns: NAT-PMP alone, as VPN providers want it, and
    /// never deleted, as that would delete all mappings of this host (RFC 6886 3.4).
    endpoint internal{};
    /// A wish. Port 0 and the unspecified address leave the choice to the gateway.
    endpoint suggested{};
    /// An assigned port other than `suggested.port` counts as refused.
    bool exact = false;
    /// What to ask for; the gateway may grant more or less.
    std::chrono::seconds lifetime = default_lifetime;
    /// Name of the gateway, as in its `gateway_view`.
    std::string gateway = "default";
    /// What the gateway's own table shows (UPnP, RFC 7220); empty: `pmpd` and the name.
    std::string description{};
    /// The remote hosts that are let in; empty: all. What the gateway cannot keep to is refused.
    std::vector<remote_prefix> allow{};
    /// A gateway that cannot keep to `allow` may let in all.
    bool allow_unfiltered = false;
    /// It gets the same external port as the mapping of the other protocol with this `internal`,
    /// which is `paired` too, or neither gets one.
    bool paired = false;
    /// The default lifetime was chosen: UPnP is asked for it, too, and not for the hour that its
    /// standard recommends.
    bool lifetime_chosen = false;

    friend bool operator==(mapping const&, mapping const&) = default;
};

} // namespace pmp
