// SPDX-License-Identifier: MIT
#include "net/search_socket.hpp"

#include "engine/ledger.hpp"
#include "net/interface_binding.hpp"

#include <boost/asio/buffer.hpp>

#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

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
    auto const family = family_of(ends_.internal);
    error_code error =
        datagram_socket::open(family == address_family::ipv4 ? udp::v4() : udp::v6());
    if (!error && !ends_.interface.empty()) {
        error = keep_to_interface(socket().native_handle(), family, ends_.interface);
    }
    if (!error) {
        error = multicast_by_interface();
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
