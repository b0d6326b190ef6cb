// SPDX-License-Identifier: MIT
#include "net/announcement_listener.hpp"
#include "net/socket_options_linux.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <bit>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr int on = 1;
constexpr int off = 0;

error_code join_v4(int socket, ip_address const& group, unsigned interface_index) {
    ip_mreqn membership{};
    membership.imr_multiaddr = std::bit_cast<in_addr>(group.to_v4().to_bytes());
    membership.imr_ifindex = static_cast<int>(interface_index);
    return set_option(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
}

error_code join_v6(int socket, ip_address const& group, unsigned interface_index) {
    ipv6_mreq membership{};
    membership.ipv6mr_multiaddr = std::bit_cast<in6_addr>(group.to_v6().to_bytes());
    membership.ipv6mr_interface = interface_index;
    return set_option(socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, membership);
}

/// A group of IPv6 is bound to with its interface.
ip_address scoped(ip_address const& group, unsigned interface_index) {
    return group.is_v4()
               ? group
               : ip_address(asio::ip::address_v6{group.to_v6().to_bytes(), interface_index});
}

} // namespace

error_code announcement_listener::join(endpoint const& group, unsigned interface_index) {
    bool const v4 = group.address.is_v4();
    if (auto const error = datagram_socket::open(v4 ? udp::v4() : udp::v6())) {
        return error;
    }
    auto const handle = socket().native_handle();
    // SO_REUSEPORT alone would not let programs of another user in, SO_REUSEADDR alone not those
    // that set only the other.
    if (auto const error = set_option(handle, SOL_SOCKET, SO_REUSEADDR, on)) {
        return error;
    }
    if (auto const error = set_option(handle, SOL_SOCKET, SO_REUSEPORT, on)) {
        return error;
    }
    // Bound to the group: the wildcard address would hear unicast too, and collide with more.
    if (auto const error = bind(scoped(group.address, interface_index), group.port)) {
        return error;
    }
    // Every host is in these groups on all interfaces: without this all of them would be heard.
    if (v4) {
        set_option(handle, IPPROTO_IP, IP_MULTICAST_ALL, off);
        return join_v4(handle, group.address, interface_index);
    }
    set_option(handle, IPPROTO_IPV6, IPV6_MULTICAST_ALL, off);
    return join_v6(handle, group.address, interface_index);
}

} // namespace pmp::net
