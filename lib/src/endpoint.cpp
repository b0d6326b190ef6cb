// SPDX-License-Identifier: MIT
#include <pmp/endpoint.hpp>

#include <algorithm>
#include <array>

namespace pmp {

namespace {

struct ipv4_block {
    std::uint32_t base;
    unsigned prefix_length;
};

constexpr std::uint32_t ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array<ipv4_block, 15> not_public = {{
    {ipv4(0, 0, 0, 0), 8},
    {ipv4(10, 0, 0, 0), 8},
    {ipv4(100, 64, 0, 0), 10},
    {ipv4(127, 0, 0, 0), 8},
    {ipv4(169, 254, 0, 0), 16},
    {ipv4(172, 16, 0, 0), 12},
    {ipv4(192, 0, 0, 0), 24},
    {ipv4(192, 0, 2, 0), 24},
    {ipv4(192, 88, 99, 0), 24},
    {ipv4(192, 168, 0, 0), 16},
    {ipv4(198, 18, 0, 0), 15},
    {ipv4(198, 51, 100, 0), 24},
    {ipv4(203, 0, 113, 0), 24},
    {ipv4(224, 0, 0, 0), 4},
    {ipv4(240, 0, 0, 0), 4},
}};

} // namespace

std::string to_string(endpoint const& e) {
    auto const host = e.address.to_string();
    return (e.address.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port);
}

bool is_public(ip_address const& address) {
    if (address.is_v6()) {
        auto const first = address.to_v6().to_bytes()[0];
        return (first & 0xe0U) == 0x20U; // 2000::/3, RFC 4291 2.4
    }
    auto const number = address.to_v4().to_uint();
    return std::none_of(not_public.begin(), not_public.end(), [number](ipv4_block const& block) {
        return (number ^ block.base) >> (32U - block.prefix_length) == 0;
    });
}

} // namespace pmp
