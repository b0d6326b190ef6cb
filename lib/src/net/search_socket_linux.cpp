// SPDX-License-Identifier: MIT
#include "net/search_socket.hpp"
#include "net/socket_options_linux.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <bit>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr int hops = 2;

error_code multicast_by(int socket, link_ends const& ends) {
    auto const index = static_cast<int>(ends.interface_index);
    if (ends.internal.is_v6()) {
        auto const error = set_option(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
        return error ? error : set_option(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops);
    }
    ip_mreqn by{};
    by.imr_address = std::bit_cast<in_addr>(ends.internal.to_v4().to_bytes());
    by.imr_ifindex = index;
    auto const error = set_option(socket, IPPROTO_IP, IP_MULTICAST_IF, by);
    return error ? error : set_option(socket, IPPROTO_IP, IP_MULTICAST_TTL, hops);
}

} // namespace

result<std::shared_ptr<search_socket>>
search_socket::open(asio::any_io_executor const& executor, link_ends ends) {
    auto socket = std::make_shared<search_socket>(executor);
    if (auto const error = socket->bind_to_ends(std::move(ends))) {
        return error;
    }
    return socket;
}

error_code search_socket::bind_to_ends(link_ends ends) {
    ends_ = std::move(ends);
    error_code error = datagram_socket::open(ends_.internal.is_v4() ? udp::v4() : udp::v6());
    if (!error && !ends_.interface.empty()) {
        error = bind_to_device(socket().native_handle(), ends_.interface);
        error = error == asio::error::no_permission ? error_code{} : error;
    }
    if (!error) {
        error = multicast_by(socket().native_handle(), ends_);
    }
    return error ? error : bind(ends_.internal, 0);
}

error_code search_socket::send(endpoint const& destination, std::span<std::byte const> bytes) {
    error_code error;
    socket().send_to(
        asio::buffer(bytes.data(), bytes.size()),
        udp::endpoint{destination.address, destination.port},
        0,
        error
    );
    return error;
}

} // namespace pmp::net
