// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pmp::wire {

using bytes = std::vector<std::byte>;

/// Hands out what is there, in network byte order. A read past the end gives zeros and makes
/// `overrun()` true for good, so that a decoder tests once, after its last field.
class reader {
public:
    explicit reader(std::span<std::byte const>);

    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    /// Four octets.
    ip_address ipv4();
    /// Sixteen octets; `::ffff:a.b.c.d` is given as the IPv4 address (RFC 6887 5).
    ip_address ip128();
    template <std::size_t N>
    std::array<std::byte, N> octets();
    /// Empty where fewer than `count` are left.
    std::span<std::byte const> take(std::size_t count);
    void skip(std::size_t count);

    std::size_t left() const;
    bool overrun() const;

private:
    std::span<std::byte const> rest_;
    bool overrun_ = false;
};

/// Appends in network byte order.
class writer {
public:
    writer& u8(std::uint8_t);
    writer& u16(std::uint16_t);
    writer& u32(std::uint32_t);
    /// Four octets; an address that is not IPv4 is written as zeros.
    writer& ipv4(ip_address const&);
    /// Sixteen octets; an IPv4 address as `::ffff:a.b.c.d` (RFC 6887 5).
    writer& ip128(ip_address const&);
    writer& octets(std::span<std::byte const>);
    writer& zeros(std::size_t count);

    std::size_t size() const;
    bytes take() &&;

private:
    bytes out_;
};

template <std::size_t N>
std::array<std::byte, N> reader::octets() {
    std::array<std::byte, N> out{};
    auto const from = take(N);
    std::copy(from.begin(), from.end(), out.begin());
    return out;
}

} // namespace pmp::wire
