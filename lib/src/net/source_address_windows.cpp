// SPDX-License-Identifier: MIT
#include "net/socket_options_windows.hpp"
#include "net/source_address.hpp"

#include <pmp/network.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

result<ip_address> source_towards(
    asio::any_io_executor const& executor,
    ip_address const& gateway,
    std::string const& interface,
    std::optional<ip_address> const& source
) {
    udp::socket socket{executor};
    error_code error;
    socket.open(gateway.is_v4() ? udp::v4() : udp::v6(), error);
    if (!error && !interface.empty()) {
        auto const family = gateway.is_v4() ? address_family::ipv4 : address_family::ipv6;
        error = leave_by(socket.native_handle(), family, interface);
    }
    if (!error && source) {
        socket.bind(udp::endpoint{*source, 0}, error);
    }
    if (!error) {
        socket.connect(udp::endpoint{gateway, gateway_port}, error);
    }
    auto const local = error ? udp::endpoint{} : socket.local_endpoint(error);
    if (error) {
        return error;
    }
    return local.address();
}

} // namespace pmp::net
