// SPDX-License-Identifier: MIT
#include "net/search_socket.hpp"
#include "net/socket_options_windows.hpp"

#include <bit>

namespace pmp::net {

namespace {

constexpr DWORD hops = 2;

} // namespace

error_code search_socket::multicast_by_interface() {
    auto const handle = socket().native_handle();
    if (ends_.internal.is_v6()) {
        DWORD const index = ends_.interface_index;
        auto const error = set_option(handle, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
        return error ? error : set_option(handle, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops);
    }
    auto const by = std::bit_cast<in_addr>(ends_.internal.to_v4().to_bytes());
    auto const error = set_option(handle, IPPROTO_IP, IP_MULTICAST_IF, by);
    return error ? error : set_option(handle, IPPROTO_IP, IP_MULTICAST_TTL, hops);
}

} // namespace pmp::net
