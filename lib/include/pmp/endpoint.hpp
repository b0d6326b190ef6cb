// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/export.hpp>

#include <boost/asio/ip/address.hpp>

#include <compare>
#include <cstdint>
#include <string>

namespace pmp {

/// Of either family; unspecified where it is not known.
using ip_address = boost::asio::ip::address;

/// An address and a port of either transport.
struct endpoint {
    /// Of a host, or unspecified.
    ip_address address{};
    /// 0 where it is left open.
    std::uint16_t port = 0;

    friend bool operator==(endpoint const&, endpoint const&) = default;
    /// By address, then by port.
    friend std::strong_ordering operator<=>(endpoint const& a, endpoint const& b) {
        if (a.address != b.address) {
            return a.address < b.address ? std::strong_ordering::less
                                         : std::strong_ordering::greater;
        }
        return a.port <=> b.port;
    }
};

/// `192.0.2.1:80`, `[2001:db8::1]:80`.
PMP_EXPORT std::string to_string(endpoint const&);

/// True where an IPv4 address can be reached from the whole internet: not private, shared (RFC
/// 6598), loopback, link-local, documentation, multicast or reserved space.
PMP_EXPORT bool is_public(ip_address const&);

} // namespace pmp
