// SPDX-License-Identifier: MIT
#pragma once

#include "net/routes.hpp"

#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace pmp::net {

/// Where a gateway of that family is now, and by which address of this host it is asked. Errors:
/// `network_unreachable` where no route leads to one, `address_not_available` where this host has
/// no address of its own that pinholes can lead to, or why no candidate could be used.
result<gateway_view> locate(
    boost::asio::any_io_executor const&,
    gateway_settings const&,
    route_snapshot const&,
    address_family = address_family::ipv4
);

} // namespace pmp::net
