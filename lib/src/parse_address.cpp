// SPDX-License-Identifier: MIT
#include <pmp/parse_address.hpp>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace pmp {

namespace {

namespace ip = boost::asio::ip;
using groups = std::vector<std::uint16_t>;

constexpr std::size_t groups_of_v6 = 8;

/// The whole text in that base; nothing where it is no number or too large.
template <class Number>
std::optional<Number> read_number(std::string_view text, int base) {
    Number number = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, number, base);
    return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

/// What is in front of the separator, and that is taken away; all where there is none.
std::string_view take_until(std::string_view& text, char separator) {
    auto const size = std::min(text.find(separator), text.size());
    auto const taken = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    return taken;
}

std::optional<ip::address_v4> read_v4(std::string_view text) {
    if (std::count(text.begin(), text.end(), '.') != 3) {
        return {};
    }
    ip::address_v4::bytes_type octets{};
    for (auto& octet : octets) {
        auto const part = take_until(text, '.');
        auto const number = read_number<std::uint8_t>(part, 10);
        if (!number || (part.size() > 1 && part.front() == '0')) {
            return {};
        }
        octet = *number;
    }
    return ip::address_v4(octets);
}

bool append_v4(groups& to, std::string_view text) {
    auto const address = read_v4(text);
    if (address) {
        to.push_back(static_cast<std::uint16_t>(address->to_uint() >> 16U));
        to.push_back(static_cast<std::uint16_t>(address->to_uint() & 0xffffU));
    }
    return address.has_value();
}

/// Of one side of `::`. The last two groups of an address may be written as an IPv4 address.
std::optional<groups> read_groups(std::string_view text, bool ends_address) {
    constexpr std::size_t longest = 4;
    groups out;
    if (text.empty()) {
        return out;
    }
    auto left = std::count(text.begin(), text.end(), ':') + 1;
    for (; left > 0; --left) {
        auto const part = take_until(text, ':');
        if (ends_address && left == 1 && part.find('.') != std::string_view::npos) {
            return append_v4(out, part) ? std::optional(std::move(out)) : std::nullopt;
        }
        auto const number = read_number<std::uint16_t>(part, 16);
        if (!number || part.size() > longest) {
            return {};
        }
        out.push_back(*number);
    }
    return out;
}

std::optional<ip::address_v6::bytes_type> read_v6(std::string_view text) {
    auto const gap = text.find("::");
    bool const has_gap = gap != std::string_view::npos;
    auto const front = read_groups(text.substr(0, gap), !has_gap);
    auto const back = read_groups(has_gap ? text.substr(gap + 2) : std::string_view(), true);
    if (!front || !back) {
        return {};
    }
    auto const count = front->size() + back->size();
    if (has_gap ? count >= groups_of_v6 : count != groups_of_v6) {
        return {};
    }
    auto all = *front;
    all.resize(groups_of_v6 - back->size());
    all.insert(all.end(), back->begin(), back->end());
    ip::address_v6::bytes_type octets{};
    for (std::size_t i = 0; i < groups_of_v6; ++i) {
        octets[2 * i] = static_cast<std::uint8_t>(all[i] >> 8U);
        octets[2 * i + 1] = static_cast<std::uint8_t>(all[i] & 0xffU);
    }
    return octets;
}

} // namespace

std::optional<ip_address> parse_address(std::string_view text) {
    if (auto const v4 = read_v4(text)) {
        return ip_address(*v4);
    }
    auto const zone = text.find('%');
    auto const octets = read_v6(text.substr(0, zone));
    if (!octets || zone == std::string_view::npos) {
        return octets ? std::optional(ip_address(ip::address_v6(*octets))) : std::nullopt;
    }
    // Its name or number is the system's.
    boost::system::error_code unknown;
    auto const scoped = ip::make_address_v6(std::string(text), unknown);
    bool const is_known = !unknown.failed() && zone + 1 < text.size();
    return is_known ? std::optional(ip_address(ip::address_v6(*octets, scoped.scope_id())))
                    : std::nullopt;
}

} // namespace pmp
