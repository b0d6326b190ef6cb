// SPDX-License-Identifier: MIT
#include "net/announcement_listener.hpp"
#include "net/socket_options_linux.hpp"

#include <pmp/network.hpp>

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

asio::ip::address_v4 const all_hosts{0xe0000001};

/// ff02::1 on one interface.
asio::ip::address_v6 all_nodes(unsigned interface_index) {
    asio::ip::address_v6::bytes_type octets{};
    octets[0] = 0xff;
    octets[1] = 0x02;
    octets[15] = 0x01;
    return asio::ip::address_v6{octets, interface_index};
}

error_code join_all_hosts(int socket, unsigned interface_index) {
    ip_mreqn membership{};
    membership.imr_multiaddr = std::bit_cast<in_addr>(all_hosts.to_bytes());
    membership.imr_ifindex = static_cast<int>(interface_index);
    return set_option(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
}

error_code join_all_nodes(int socket, unsigned interface_index) {
    ipv6_mreq membership{};
    membership.ipv6mr_multiaddr = std::bit_cast<in6_addr>(all_nodes(0).to_bytes());
    membership.ipv6mr_interface = interface_index;
    return set_option(socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, membership);
}

} // namespace

result<std::shared_ptr<announcement_listener>> announcement_listener::open(
    asio::any_io_executor const& executor, address_family family, unsigned interface_index
) {
    auto listener = std::make_shared<announcement_listener>(executor);
    if (auto const error = listener->join(family, interface_index)) {
        return error;
    }
    return listener;
}

error_code announcement_listener::join(address_family family, unsigned interface_index) {
    bool const v4 = family == address_family::ipv4;
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
    ip_address const group = v4 ? ip_address{all_hosts} : ip_address{all_nodes(interface_index)};
    if (auto const error = bind(group, announcement_port)) {
        return error;
    }
    // Every host is in these groups on all interfaces: without this all of them would be heard.
    if (v4) {
        set_option(handle, IPPROTO_IP, IP_MULTICAST_ALL, off);
        return join_all_hosts(handle, interface_index);
    }
    set_option(handle, IPPROTO_IPV6, IPV6_MULTICAST_ALL, off);
    return join_all_nodes(handle, interface_index);
}

} // namespace pmp::net
