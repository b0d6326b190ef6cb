// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>
#include <pmp/mapping.hpp>

#include <boost/asio/detail/socket_types.hpp>

#include <string>

namespace pmp::net {

inline error_code last_socket_error() {
    return {::WSAGetLastError(), boost::system::system_category()};
}

template <class T>
error_code set_option(SOCKET socket, int level, int name, T const& value) {
    auto const* const octets = reinterpret_cast<char const*>(&value);
    return ::setsockopt(socket, level, name, octets, static_cast<int>(sizeof value)) == 0
               ? error_code{}
               : last_socket_error();
}

/// What is unicast leaves by that interface. What may come in is decided by the address that a
/// socket is bound to: Windows takes it for its own on the interface that has it, and there alone.
/// Errors: `no_such_device` where there is no such interface now, or the system's.
error_code leave_by(SOCKET socket, address_family, std::string const& interface);

} // namespace pmp::net
