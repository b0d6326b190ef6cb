// SPDX-License-Identifier: MIT
#include "wire/dhcp.hpp"

#include "fuzz/entry.hpp"

namespace {

void check(pmp::result<std::vector<pmp::wire::dhcp::pcp_server>> const& servers) {
    if (servers.has_error()) {
        return;
    }
    for (auto const& server : *servers) {
        pmp::fuzz::require(!server.empty(), "a server has an address");
        for (auto const& address : server) {
            pmp::fuzz::require(
                !address.is_multicast() && !address.is_loopback(), "an address can be asked"
            );
        }
    }
}

} // namespace

void pmp::fuzz::run(std::span<std::byte const> input) {
    check(wire::dhcp::decode_v4(input));
    check(wire::dhcp::decode_v6(input));
}
