// SPDX-License-Identifier: MIT
#include <pmp/endpoint.hpp>

#include <algorithm>
#include <array>

namespace pmp {

namespace {

struct ipv4_block {
    std::uint32_t base;
    unsigned prefix_length;
    special_use use;
};

constexpr std::uint32_t ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array<ipv4_block, 11> set_apart = {{
    {ipv4(0, 0, 0, 0), 8, special_use::this_network},
    {ipv4(10, 0, 0, 0), 8, special_use::private_use},
    {ipv4(100, 64, 0, 0), 10, special_use::shared},
    {ipv4(127, 0, 0, 0), 8, special_use::loopback},
    {ipv4(169, 254, 0, 0), 16, special_use::link_local},
    {ipv4(172, 16, 0, 0), 12, special_use::private_use},
    {ipv4(192, 0, 0, 0), 24, special_use::shared},
    {ipv4(192, 88, 99, 0), 24, special_use::relay},
    {ipv4(192, 168, 0, 0), 16, special_use::private_use},
    {ipv4(224, 0, 0, 0), 4, special_use::multicast},
    {ipv4(240, 0, 0, 0), 4, special_use::reserved},
}};

special_use use_of(boost::asio::ip::address_v6 const& address) {
    if (address.is_loopback()) {
        return special_use::loopback;
    }
    if (address.is_link_local()) {
        return special_use::link_local;
    }
    if (address.is_multicast()) {
        return special_use::multicast;
    }
    auto const first = address.to_bytes()[0];
    if ((first & 0xfeU) == 0xfcU) {
        return special_use::private_use; // RFC 4193
    }
    // 2000::/3, RFC 4291 2.4
    return (first & 0xe0U) == 0x20U ? special_use::none : special_use::reserved;
}

} // namespace

std::string to_string(endpoint const& e) {
    auto const host = e.address.to_string();
    return (e.address.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port);
}

special_use use_of(ip_address const& address) {
    if (address.is_v6()) {
        return use_of(address.to_v6());
    }
    auto const number = address.to_v4().to_uint();
    auto const found =
        std::find_if(set_apart.begin(), set_apart.end(), [number](ipv4_block const& block) {
            return (number ^ block.base) >> (32U - block.prefix_length) == 0;
        });
    return found != set_apart.end() ? found->use : special_use::none;
}

bool is_public(ip_address const& address) {
    return use_of(address) == special_use::none;
}

} // namespace pmp
