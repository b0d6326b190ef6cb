// SPDX-License-Identifier: MIT
#pragma once

#include "net/datagram_socket.hpp"

#include <pmp/mapping.hpp>

#include <memory>

namespace pmp::net {

/// Hears what gateways on one interface announce to all hosts, on 224.0.0.1:5350 or [ff02::1]:5350
/// (RFC 6887 14.1.3, RFC 6886 3.2.1), beside any other program that listens there.
class announcement_listener : public datagram_socket {
public:
    using datagram_socket::datagram_socket;

    /// Interface 0: the system chooses. Errors: `address_in_use` where another program keeps the
    /// port to itself, or the system's.
    static result<std::shared_ptr<announcement_listener>>
    open(boost::asio::any_io_executor const&, address_family, unsigned interface_index);

private:
    error_code join(address_family, unsigned interface_index);
};

} // namespace pmp::net
