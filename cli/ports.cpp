// SPDX-License-Identifier: MIT
#include "cli/ports.hpp"

#include "config/text.hpp"

namespace pmp::cli {

namespace {

bool is_range(std::string_view word) {
    auto const dash = word.find('-');
    return dash != 0 && dash != std::string_view::npos && dash + 1 != word.size() &&
           word.find_first_not_of("0123456789-") == std::string_view::npos;
}

config::complaint range_complaint(std::string_view word) {
    return {config::in_quotes(word), "is a range; write one port"};
}

} // namespace

config::checked<std::uint16_t> read_internal_port(std::string const& word) {
    if (is_range(word)) {
        return range_complaint(word);
    }
    bool const is_number = word.find_first_not_of("-0123456789") == std::string::npos;
    auto const read = config::read_internal(word);
    if (read.has_error() && is_number && !word.empty()) {
        return config::complaint{
            config::in_quotes(word), "is out of range; write a port from 1 to 65535"};
    }
    if (read.has_error() || read->first == 0) {
        return config::complaint{config::in_quotes(word), "is not a port; write a port such as 22"};
    }
    return read->first;
}

config::checked<std::uint16_t> read_external_port(std::vector<std::string> const& words) {
    if (words.size() < 2) {
        return read_internal_port(words[0]);
    }
    if (is_range(words[1])) {
        return range_complaint(words[1]);
    }
    return config::read_external(words[1]);
}

mapping mapping_of(transport protocol, endpoint const& internal) {
    mapping out;
    out.name = std::string(to_string(protocol)) + "-" + std::to_string(internal.port);
    out.protocol = protocol;
    out.internal = internal;
    out.description = "pmp " + out.name;
    return out;
}

} // namespace pmp::cli
