// SPDX-License-Identifier: MIT
#pragma once

#include "net/socket_gateway.hpp"

#include <pmp/mapping.hpp>

#include <boost/asio/ip/address_v4.hpp>

#include <unistd.h>

#include <cstdint>
#include <string>

namespace pmp::test {

/// A loopback address that no other test program uses at the same time.
inline ip_address address_of_this_process() {
    auto const process = static_cast<std::uint32_t>(::getpid());
    return boost::asio::ip::address_v4{0x7f4e0000 | (process & 0xffff)};
}

inline gateway_options at_this_process() {
    gateway_options options;
    options.address = address_of_this_process();
    return options;
}

inline mapping tcp_of(std::uint16_t port) {
    mapping wish;
    wish.name = "tcp-" + std::to_string(port);
    wish.internal.port = port;
    wish.suggested.port = port;
    return wish;
}

} // namespace pmp::test
