// SPDX-License-Identifier: MIT
#include "wire/dhcp.hpp"

#include <algorithm>
#include <utility>

namespace pmp::wire::dhcp {

namespace {

constexpr std::uint8_t v4_code = 158;
constexpr std::uint16_t v6_code = 86;
constexpr std::size_t ipv4_size = 4;
constexpr std::size_t ipv6_size = 16;

/// Adds a server with those addresses that can be asked.
void add(std::vector<pcp_server>& servers, pcp_server server) {
    auto const unusable = [](ip_address const& a) { return a.is_multicast() || a.is_loopback(); };
    server.erase(std::remove_if(server.begin(), server.end(), unusable), server.end());
    if (!server.empty()) {
        servers.push_back(std::move(server));
    }
}

/// RFC 3396 5: the option's instances are one value, cut into pieces.
result<bytes> joined(std::span<std::byte const> options) {
    bytes out;
    reader in(options);
    do {
        auto const code = in.u8();
        auto const data = in.take(in.u8());
        if (in.overrun()) {
            return fault::truncated;
        }
        if (code != v4_code) {
            return fault::bad_opcode;
        }
        out.insert(out.end(), data.begin(), data.end());
    } while (in.left() > 0);
    return out;
}

} // namespace

result<std::vector<pcp_server>> decode_v4(std::span<std::byte const> options) {
    auto const value = joined(options);
    if (!value) {
        return value.error();
    }
    std::vector<pcp_server> out;
    reader in(*value);
    // RFC 7291 4: at least one list, none of them empty.
    do {
        auto const length = in.u8();
        reader list(in.take(length));
        if (in.overrun() || length == 0 || length % ipv4_size != 0) {
            return fault::bad_length;
        }
        pcp_server server;
        while (list.left() > 0) {
            server.push_back(list.ipv4());
        }
        add(out, std::move(server));
    } while (in.left() > 0);
    return out;
}

result<std::vector<pcp_server>> decode_v6(std::span<std::byte const> options) {
    std::vector<pcp_server> out;
    reader in(options);
    do {
        auto const code = in.u16();
        auto const length = in.u16();
        reader list(in.take(length));
        if (in.overrun()) {
            return fault::truncated;
        }
        if (code != v6_code) {
            return fault::bad_opcode;
        }
        // RFC 7291 3
        if (length == 0 || length % ipv6_size != 0) {
            return fault::bad_length;
        }
        pcp_server server;
        while (list.left() > 0) {
            server.push_back(list.ip128());
        }
        add(out, std::move(server));
    } while (in.left() > 0);
    return out;
}

} // namespace pmp::wire::dhcp
