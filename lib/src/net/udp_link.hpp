// SPDX-License-Identifier: MIT
#pragma once

#include "net/datagram_socket.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace pmp::net {

/// The two ends of a link.
struct link_ends {
    ip_address gateway;
    ip_address internal;
    /// The only interface to use; empty: any.
    std::string interface;
    unsigned interface_index = 0;

    friend bool operator==(link_ends const&, link_ends const&) = default;
};

/// The socket by which one gateway is asked. It lives as long as the gateway does, because Mapping
/// Updates go to the port from which was asked (RFC 6887 14.2). It is not connected: what comes
/// from elsewhere is seen too, and judged by the engine.
class udp_link : public datagram_socket {
public:
    using datagram_socket::datagram_socket;

    /// Errors: the system's, `address_not_available` while the internal address is not there.
    static result<std::shared_ptr<udp_link>> open(boost::asio::any_io_executor const&, link_ends);

    link_ends const& ends() const { return ends_; }
    /// Of the system; it was not known when the link was opened.
    void at_interface(unsigned index) { ends_.interface_index = index; }
    /// Why datagrams may use another interface than the one that was asked for.
    error_code interface_error() const { return interface_error_; }

    /// Errors: the system's; the datagram is lost then.
    error_code send(endpoint const& destination, std::span<std::byte const>);

    /// True where ICMP has told that the gateway itself refuses what was sent to it; takes what
    /// has been told so far.
    bool take_refusal();

private:
    error_code bind_to_ends(link_ends);

    link_ends ends_;
    error_code interface_error_;
};

} // namespace pmp::net
