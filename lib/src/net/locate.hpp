// SPDX-License-Identifier: MIT
#pragma once

#include "net/routes.hpp"

#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace pmp::net {

/// Where a gateway is now, and by which address of this host it is asked. Errors:
/// `network_unreachable` where no route leads to one, or why no candidate could be used.
result<gateway_view>
locate(boost::asio::any_io_executor const&, gateway_settings const&, route_snapshot const&);

} // namespace pmp::net
