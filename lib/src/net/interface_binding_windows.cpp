// SPDX-License-Identifier: MIT
#include "net/adapters_windows.hpp"
#include "net/interface_binding.hpp"
#include "net/socket_options_windows.hpp"

#include <boost/system/errc.hpp>

namespace pmp::net {

namespace {

error_code leave_by_index(SOCKET socket, address_family family, unsigned index) {
    DWORD const host_order = index;
    // Of the two options, that of IPv4 alone is in network byte order.
    return family == address_family::ipv4
               ? set_option(socket, IPPROTO_IP, IP_UNICAST_IF, DWORD{::htonl(host_order)})
               : set_option(socket, IPPROTO_IPV6, IPV6_UNICAST_IF, host_order);
}

} // namespace

error_code leave_by(SOCKET socket, address_family family, std::string const& interface) {
    auto const all = adapters::read();
    if (!all) {
        return all.error();
    }
    for (auto const* each = all->first(); each != nullptr; each = each->Next) {
        if (name_of(*each) == interface) {
            return leave_by_index(socket, family, index_of(*each));
        }
    }
    return boost::system::errc::make_error_code(boost::system::errc::no_such_device);
}

error_code
keep_to_interface(boost::asio::detail::socket_type socket, address_family family, std::string const& interface) {
    return leave_by(socket, family, interface);
}

} // namespace pmp::net
