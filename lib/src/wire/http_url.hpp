// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <string>
#include <string_view>

namespace pmp::wire {

/// An absolute `http` URL whose host is a literal address: all that a gateway may point at.
struct http_url {
    endpoint server;
    /// Path and query, beginning with `/`.
    std::string target = "/";

    friend bool operator==(http_url const&, http_url const&) = default;
};

std::string to_string(http_url const&);
/// Without the scope that an address of IPv6 may have: it means nothing to other hosts.
ip_address unscoped(ip_address const&);

/// What Host says: address and port.
std::string authority(http_url const&);

/// Errors: `fault::bad_value` for what is no such URL.
result<http_url> parse_http_url(std::string_view);

/// RFC 3986 5.2: what `reference` means in a document from `base`.
result<http_url> resolve(http_url const& base, std::string_view reference);

/// The only-own-address rule: whatever a gateway says, it is asked at its own address and nowhere
/// else, so that nobody makes this host speak to a third one. A link-local address is given the
/// gateway's scope. Errors: `fault::foreign_address`.
result<http_url> kept_to(ip_address const& gateway, http_url);

} // namespace pmp::wire
