// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/text.hpp"

#include <charconv>

namespace pmp::config {

namespace {

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// 1-65535.
std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    bool const whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return is_number(text) && whole && port != 0 ? std::optional(port) : std::nullopt;
}

} // namespace

checked<port_range> read_internal(std::string_view text) {
    if (text == "any")
        return port_range{0, 0};
    auto const dash = text.find('-');
    bool const is_range = dash != std::string_view::npos && is_number(text.substr(0, dash)) &&
                          is_number(text.substr(dash + 1));
    if (!is_range && !is_number(text))
        return complaint{
            in_quotes(text),
            "is not a port; write a port such as 22, a range such as 27015-27020, or any"};
    auto const first = parse_port(text.substr(0, dash));
    auto const last = is_range ? parse_port(text.substr(dash + 1)) : first;
    if (!first || !last)
        return complaint{in_quotes(text), "is out of range; write ports from 1 to 65535"};
    if (*first > *last)
        return complaint{
            "the range " + in_quotes(text),
            "runs backwards; write " + std::to_string(*last) + "-" + std::to_string(*first)};
    return port_range{*first, *last};
}

checked<std::uint16_t> read_external(std::string_view text) {
    if (text == "any")
        return std::uint16_t{0};
    if (auto const port = parse_port(text))
        return *port;
    if (text == "0")
        return complaint{"'0'", "is not a port; write any to let the gateway choose"};
    if (is_number(text))
        return complaint{in_quotes(text), "is out of range; write a port from 1 to 65535, or any"};
    auto const dash = text.find('-');
    if (is_number(text.substr(0, dash)) && is_number(text.substr(dash + 1)))
        return complaint{in_quotes(text), "is a range; write its first port, the others follow"};
    return complaint{in_quotes(text), "is not a port; write a port such as 2222, or any"};
}

} // namespace pmp::config
