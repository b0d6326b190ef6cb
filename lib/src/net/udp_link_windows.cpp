// SPDX-License-Identifier: MIT
#include "net/socket_options_windows.hpp"
#include "net/udp_link.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

result<std::shared_ptr<udp_link>>
udp_link::open(asio::any_io_executor const& executor, link_ends ends) {
    auto link = std::make_shared<udp_link>(executor);
    if (auto const error = link->bind_to_ends(std::move(ends))) {
        return error;
    }
    return link;
}

error_code udp_link::bind_to_ends(link_ends ends) {
    ends_ = std::move(ends);
    bool const v4 = ends_.gateway.is_v4();
    error_code error = datagram_socket::open(v4 ? udp::v4() : udp::v6());
    if (!error && !ends_.interface.empty()) {
        auto const family = v4 ? address_family::ipv4 : address_family::ipv6;
        error = leave_by(socket().native_handle(), family, ends_.interface);
    }
    return error ? error : bind(ends_.internal, 0);
}

error_code udp_link::send(endpoint const& destination, std::span<std::byte const> bytes) {
    error_code error;
    socket().send_to(
        asio::buffer(bytes.data(), bytes.size()),
        udp::endpoint{destination.address, destination.port},
        0,
        error
    );
    return error;
}

bool udp_link::take_refusal() {
    // Windows says of an ICMP error neither whose it is nor which datagram it answers.
    return false;
}

} // namespace pmp::net
