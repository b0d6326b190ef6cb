// SPDX-License-Identifier: MIT
#include "net/search_socket.hpp"
#include "net/socket_options_windows.hpp"

#include <boost/asio/buffer.hpp>

#include <bit>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr DWORD hops = 2;

error_code multicast_by(SOCKET socket, link_ends const& ends) {
    if (ends.internal.is_v6()) {
        DWORD const index = ends.interface_index;
        auto const error = set_option(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
        return error ? error : set_option(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops);
    }
    auto const by = std::bit_cast<in_addr>(ends.internal.to_v4().to_bytes());
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
    bool const v4 = ends_.internal.is_v4();
    error_code error = datagram_socket::open(v4 ? udp::v4() : udp::v6());
    if (!error && !ends_.interface.empty()) {
        auto const family = v4 ? address_family::ipv4 : address_family::ipv6;
        error = leave_by(socket().native_handle(), family, ends_.interface);
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
