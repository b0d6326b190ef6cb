// SPDX-License-Identifier: MIT
#include "net/announcement_listener.hpp"

#include <pmp/network.hpp>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace pmp::net {

namespace asio = boost::asio;

namespace {

asio::ip::address_v4 const all_hosts{0xe0000001};
asio::ip::address_v6 const all_nodes{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

} // namespace

endpoint announcement_group(address_family family) {
    auto const v4 = family == address_family::ipv4;
    return {v4 ? ip_address(all_hosts) : ip_address(all_nodes), announcement_port};
}

result<std::shared_ptr<announcement_listener>> announcement_listener::open(
    asio::any_io_executor const& executor, endpoint const& group, unsigned interface_index
) {
    auto listener = std::make_shared<announcement_listener>(executor);
    if (auto const error = listener->join(group, interface_index)) {
        return error;
    }
    return listener;
}

} // namespace pmp::net
