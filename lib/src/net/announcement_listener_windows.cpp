// SPDX-License-Identifier: MIT
#include "net/adapters_windows.hpp"
#include "net/announcement_listener.hpp"
#include "net/socket_options_windows.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/errc.hpp>

#include <bit>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr BOOL on = TRUE;

/// Groups of IPv4 are joined on the interface that has this address.
result<ip_address> address_of(unsigned interface_index) {
    auto const all = adapters::read();
    if (!all) {
        return all.error();
    }
    for (auto const* each = all->first(); each != nullptr; each = each->Next) {
        auto const* own = each->FirstUnicastAddress;
        for (; own != nullptr && index_of(*each) == interface_index; own = own->Next) {
            if (own->Address.lpSockaddr->sa_family == AF_INET) {
                return address_in(*own->Address.lpSockaddr);
            }
        }
    }
    return boost::system::errc::make_error_code(boost::system::errc::address_not_available);
}

error_code join_v4(SOCKET socket, ip_address const& group, unsigned interface_index) {
    ip_mreq membership{};
    membership.imr_multiaddr = std::bit_cast<in_addr>(group.to_v4().to_bytes());
    if (interface_index != 0) {
        auto const own = address_of(interface_index);
        if (!own) {
            return own.error();
        }
        membership.imr_interface = std::bit_cast<in_addr>(own->to_v4().to_bytes());
    }
    return set_option(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
}

error_code join_v6(SOCKET socket, ip_address const& group, unsigned interface_index) {
    ipv6_mreq membership{};
    membership.ipv6mr_multiaddr = std::bit_cast<in6_addr>(group.to_v6().to_bytes());
    membership.ipv6mr_interface = interface_index;
    return set_option(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, membership);
}

} // namespace

error_code announcement_listener::join(endpoint const& group, unsigned interface_index) {
    bool const v4 = group.address.is_v4();
    auto const family = v4 ? udp::v4() : udp::v6();
    if (auto const error = datagram_socket::open(family)) {
        return error;
    }
    auto const handle = socket().native_handle();
    if (auto const error = set_option(handle, SOL_SOCKET, SO_REUSEADDR, on)) {
        return error;
    }
    // Windows binds to no group; what it delivers of multicast is what this socket has joined, on
    // the interface where it did.
    auto const any =
        v4 ? ip_address(asio::ip::address_v4::any()) : ip_address(asio::ip::address_v6::any());
    if (auto const error = bind(any, group.port)) {
        return error;
    }
    return v4 ? join_v4(handle, group.address, interface_index)
              : join_v6(handle, group.address, interface_index);
}

} // namespace pmp::net
