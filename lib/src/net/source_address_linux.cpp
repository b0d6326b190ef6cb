// SPDX-License-Identifier: MIT
#include "net/socket_options_linux.hpp"
#include "net/source_address.hpp"

#include <pmp/network.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>

#include <net/if.h>

#include <array>
#include <utility>

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
        error = bind_to_device(socket.native_handle(), interface);
        if (error == asio::error::no_permission) {
            error = {};
        }
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

std::string interface_name(unsigned index) {
    std::array<char, IF_NAMESIZE> name{};
    return index != 0 && ::if_indextoname(index, name.data()) != nullptr ? name.data() : "";
}

} // namespace pmp::net
