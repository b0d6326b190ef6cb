// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>
#include <pmp/mapping.hpp>

#include <boost/asio/detail/socket_types.hpp>

#include <string>

namespace pmp::net {

/// Nothing leaves a socket of that family by another interface. Where that is not permitted, it
/// goes by the routing table: the link to the gateway tells the user of it.
error_code
keep_to_interface(boost::asio::detail::socket_type, address_family, std::string const& interface);

} // namespace pmp::net
