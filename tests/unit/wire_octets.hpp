// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace pmp {

inline std::ostream& boost_test_print_type(std::ostream& out, fault value) {
    return out << make_error_code(value).message();
}

} // namespace pmp

namespace pmp::test {

/// Octets from hexadecimal digits; blanks separate nothing.
inline wire::bytes hex(std::string_view digits) {
    wire::bytes out;
    std::string pair;
    for (auto const digit : digits) {
        if (digit == ' ') {
            continue;
        }
        pair += digit;
        if (pair.size() == 2) {
            out.push_back(static_cast<std::byte>(std::stoi(pair, nullptr, 16)));
            pair.clear();
        }
    }
    BOOST_REQUIRE(pair.empty());
    return out;
}

inline std::string to_hex(std::span<std::byte const> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (auto const octet : octets) {
        out += digits[std::to_integer<std::size_t>(octet >> 4)];
        out += digits[std::to_integer<std::size_t>(octet & std::byte{15})];
    }
    return out;
}

inline ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

/// One after the other.
template <class... Parts>
wire::bytes join(Parts const&... parts) {
    wire::writer out;
    (out.octets(parts), ...);
    return std::move(out).take();
}

/// What is wrong with a message; nothing where it was decoded.
template <class T>
error_code error_of(result<T> const& decoded) {
    return decoded.has_error() ? decoded.error() : error_code();
}

/// Calls `check` with each proper beginning of a message, in a buffer of just that size, so that a
/// sanitizer sees a read past its end.
template <class Check>
void for_each_truncation(wire::bytes const& message, Check check) {
    for (std::size_t size = 0; size < message.size(); ++size) {
        BOOST_TEST_CONTEXT("cut to " << size << " octets") {
            auto const end = message.begin() + static_cast<std::ptrdiff_t>(size);
            check(wire::bytes(message.begin(), end));
        }
    }
}

} // namespace pmp::test
