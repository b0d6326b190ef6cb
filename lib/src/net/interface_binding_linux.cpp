// SPDX-License-Identifier: MIT
#include "net/interface_binding.hpp"
#include "net/socket_options_linux.hpp"

#include <boost/asio/error.hpp>

namespace pmp::net {

error_code
keep_to_interface(boost::asio::detail::socket_type socket, address_family, std::string const& interface) {
    auto const error = bind_to_device(socket, interface);
    return error == boost::asio::error::no_permission ? error_code{} : error;
}

} // namespace pmp::net
