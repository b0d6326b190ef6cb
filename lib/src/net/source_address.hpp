// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <string>

namespace pmp::net {

/// The address from which this host sends to `gateway` (RFC 6887 16.4), as its routes and policies
/// decide; nothing is sent. `interface`, unless empty, and `source` are kept to as far as the
/// system allows. Errors: the system's, among them `address_not_available` and
/// `network_unreachable`.
result<ip_address> source_towards(
    boost::asio::any_io_executor const&,
    ip_address const& gateway,
    std::string const& interface,
    std::optional<ip_address> const& source
);

/// Empty where there is none of that index.
std::string interface_name(unsigned index);

} // namespace pmp::net
