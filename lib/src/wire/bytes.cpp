// SPDX-License-Identifier: MIT
#include "wire/bytes.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <utility>

namespace pmp::wire {

namespace {

namespace ip = boost::asio::ip;

/// Of a PCP request without options, and more than NAT-PMP ever sends (RFC 6887 7.1, 11.1).
constexpr std::size_t usual_size = 60;

/// The bytes type of an Asio address, filled from as many octets.
template <class Bytes>
Bytes from_octets(std::array<std::byte, std::tuple_size_v<Bytes>> const& octets) {
    Bytes out{};
    std::transform(octets.begin(), octets.end(), out.begin(), [](std::byte b) {
        return std::to_integer<typename Bytes::value_type>(b);
    });
    return out;
}

} // namespace

reader::reader(std::span<std::byte const> data) : rest_(data) {}

std::uint8_t reader::u8() {
    return std::to_integer<std::uint8_t>(octets<1>()[0]);
}

std::uint16_t reader::u16() {
    auto const o = octets<2>();
    return static_cast<std::uint16_t>(
        std::to_integer<unsigned>(o[0]) << 8U | std::to_integer<unsigned>(o[1])
    );
}

std::uint32_t reader::u32() {
    std::uint32_t out = 0;
    for (auto const octet : octets<4>()) {
        out = out << 8U | std::to_integer<std::uint32_t>(octet);
    }
    return out;
}

ip_address reader::ipv4() {
    return ip::address_v4(from_octets<ip::address_v4::bytes_type>(octets<4>()));
}

ip_address reader::ip128() {
    auto const v6 = ip::address_v6(from_octets<ip::address_v6::bytes_type>(octets<16>()));
    if (v6.is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, v6);
    }
    return v6;
}

std::span<std::byte const> reader::take(std::size_t count) {
    if (count > rest_.size()) {
        overrun_ = true;
        rest_ = {};
        return {};
    }
    auto const out = rest_.first(count);
    rest_ = rest_.subspan(count);
    return out;
}

void reader::skip(std::size_t count) {
    take(count);
}

std::size_t reader::left() const {
    return rest_.size();
}

bool reader::overrun() const {
    return overrun_;
}

writer& writer::u8(std::uint8_t value) {
    if (out_.empty()) {
        out_.reserve(usual_size);
    }
    out_.push_back(std::byte{value});
    return *this;
}

writer& writer::u16(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value >> 8U)).u8(static_cast<std::uint8_t>(value));
}

writer& writer::u32(std::uint32_t value) {
    return u16(static_cast<std::uint16_t>(value >> 16U)).u16(static_cast<std::uint16_t>(value));
}

writer& writer::ipv4(ip_address const& address) {
    return u32(address.is_v4() ? address.to_v4().to_uint() : 0);
}

writer& writer::ip128(ip_address const& address) {
    auto const v6 =
        address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
    for (auto const octet : v6.to_bytes()) {
        u8(octet);
    }
    return *this;
}

writer& writer::octets(std::span<std::byte const> data) {
    out_.insert(out_.end(), data.begin(), data.end());
    return *this;
}

writer& writer::zeros(std::size_t count) {
    out_.resize(out_.size() + count);
    return *this;
}

std::size_t writer::size() const {
    return out_.size();
}

bytes writer::take() && {
    return std::move(out_);
}

} // namespace pmp::wire
