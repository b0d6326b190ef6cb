// SPDX-License-Identifier: MIT
#include <pmp/mapping.hpp>
#include <pmp/parse_address.hpp>

#include <charconv>
#include <optional>
#include <system_error>

namespace pmp {

namespace {

constexpr std::uint8_t whole_ipv4_address = 32;

/// 1-32; nothing where it is no such number.
std::optional<std::uint8_t> read_length(std::string_view text) {
    std::uint8_t length = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, length);
    auto const is_valid = error == std::errc() && rest == end && length != 0 &&
                          length <= whole_ipv4_address && text.front() != '0';
    return is_valid ? std::optional(length) : std::nullopt;
}

} // namespace

std::string to_string(remote_prefix const& p) {
    auto const host = p.address.to_string();
    auto const is_one = p.address.is_v4() && p.length == whole_ipv4_address;
    return is_one ? host : host + "/" + std::to_string(p.length);
}

result<remote_prefix> parse_remote_prefix(std::string_view text) {
    auto const slash = text.find('/');
    auto const address = parse_address(text.substr(0, slash));
    auto const length = slash == std::string_view::npos ? std::optional(whole_ipv4_address)
                                                        : read_length(text.substr(slash + 1));
    if (!address || !address->is_v4() || !length) {
        return fault::bad_value;
    }
    auto const beyond = (std::uint64_t{1} << (whole_ipv4_address - *length)) - 1;
    if ((address->to_v4().to_uint() & beyond) != 0) {
        return fault::bad_value;
    }
    return remote_prefix{*address, *length};
}

} // namespace pmp
