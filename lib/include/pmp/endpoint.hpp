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

/// What an address is set apart for (RFC 6890), as far as the internet does not reach it then.
enum class special_use : std::uint8_t {
    /// It can be reached from the whole internet.
    none,
    /// 0.0.0.0/8: no host has it.
    this_network,
    /// RFC 1918, RFC 4193.
    private_use,
    /// Among the customers of a provider (carrier-grade NAT): RFC 6598, and RFC 7335 for DS-Lite.
    shared,
    /// 127.0.0.0/8.
    loopback,
    /// 169.254.0.0/16, fe80::/10.
    link_local,
    /// RFC 7526: the anycast address of relays that are gone.
    relay,
    /// 224.0.0.0/4, ff00::/8.
    multicast,
    /// 240.0.0.0/4, and all of IPv6 that has not been given out as global.
    reserved,
};

/// Networks for documentation and for benchmarks count as any other: tests are made of them.
PMP_EXPORT special_use use_of(ip_address const&);

/// It has no special use: the internet reaches it.
PMP_EXPORT bool is_public(ip_address const&);

} // namespace pmp
