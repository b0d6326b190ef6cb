// SPDX-License-Identifier: MIT
#include "net/source_address.hpp"

#include "engine/ledger.hpp"
#include "net/interface_binding.hpp"

#include <pmp/network.hpp>

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
        error = keep_to_interface(socket.native_handle(), family_of(gateway), interface);
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
