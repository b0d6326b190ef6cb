// SPDX-License-Identifier: MIT
#pragma once

#include "net/datagram_socket.hpp"
#include "net/udp_link.hpp"

#include <memory>
#include <span>

namespace pmp::net {

/// The socket by which the UPnP devices of one network are searched, and which hears their replies.
/// It has a port of its own: they may come from any port of the device.
class search_socket : public datagram_socket {
public:
    using datagram_socket::datagram_socket;

    /// What is multicast leaves by the interface of `ends` alone, with a TTL of 2 (UDA 1.1 1.1.2).
    /// Errors: the system's.
    static result<std::shared_ptr<search_socket>>
    open(boost::asio::any_io_executor const&, link_ends);

    link_ends const& ends() const { return ends_; }

    /// Errors: the system's; the datagram is lost then.
    error_code send(endpoint const& destination, std::span<std::byte const>);

private:
    error_code bind_to_ends(link_ends);
    error_code multicast_by_interface();

    link_ends ends_;
};

} // namespace pmp::net
