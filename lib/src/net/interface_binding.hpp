// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace pmp::net {

/// Nothing leaves a socket by another interface. Where that is not permitted, it goes by the
/// routing table: the link to the gateway tells the user of it.
error_code
keep_to_interface(boost::asio::ip::tcp::socket::native_handle_type, std::string const& interface);

} // namespace pmp::net
