// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <string>

namespace pmp::net {

inline error_code last_error() {
    return {errno, boost::system::system_category()};
}

template <class T>
error_code set_option(int socket, int level, int name, T const& value) {
    return ::setsockopt(socket, level, name, &value, sizeof value) == 0 ? error_code{}
                                                                        : last_error();
}

/// Nothing leaves or comes in by another interface. Errors: `operation_not_permitted` where a
/// kernel before 5.7 wants CAP_NET_RAW for it.
inline error_code bind_to_device(int socket, std::string const& interface) {
    return ::setsockopt(
               socket,
               SOL_SOCKET,
               SO_BINDTODEVICE,
               interface.data(),
               static_cast<socklen_t>(interface.size())
           ) == 0
               ? error_code{}
               : last_error();
}

} // namespace pmp::net
