// SPDX-License-Identifier: MIT
#pragma once

#include "net/datagram_socket.hpp"

#include <pmp/mapping.hpp>

#include <memory>

namespace pmp::net {

/// Where gateways announce to all hosts: 224.0.0.1:5350 or [ff02::1]:5350 (RFC 6887 14.1.3, RFC
/// 6886 3.2.1).
endpoint announcement_group(address_family);

/// Hears what is sent to a group on one interface, beside any other program that listens there.
class announcement_listener : public datagram_socket {
public:
    using datagram_socket::datagram_socket;

    /// Interface 0: the system chooses. Errors: `address_in_use` where another program keeps the
    /// port to itself, or the system's.
    static result<std::shared_ptr<announcement_listener>>
    open(boost::asio::any_io_executor const&, endpoint const& group, unsigned interface_index);

private:
    error_code join(endpoint const& group, unsigned interface_index);
};

} // namespace pmp::net
