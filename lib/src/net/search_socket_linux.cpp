// SPDX-License-Identifier: MIT
#include "net/search_socket.hpp"
#include "net/socket_options_linux.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <bit>

namespace pmp::net {

namespace {

constexpr int hops = 2;

} // namespace

error_code search_socket::multicast_by_interface() {
    auto const handle = socket().native_handle();
    auto const index = static_cast<int>(ends_.interface_index);
    if (ends_.internal.is_v6()) {
        auto const error = set_option(handle, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
        return error ? error : set_option(handle, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops);
    }
    ip_mreqn by{};
    by.imr_address = std::bit_cast<in_addr>(ends_.internal.to_v4().to_bytes());
    by.imr_ifindex = index;
    auto const error = set_option(handle, IPPROTO_IP, IP_MULTICAST_IF, by);
    return error ? error : set_option(handle, IPPROTO_IP, IP_MULTICAST_TTL, hops);
}

} // namespace pmp::net
