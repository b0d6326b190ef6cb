// SPDX-License-Identifier: MIT
#include "cli/ports.hpp"

#include "config/text.hpp"

namespace pmp::cli {

config::checked<std::uint16_t> read_internal_port(std::string const& word) {
    auto const range = config::read_internal(word);
    if (range.has_error()) {
        return range.error();
    }
    if (range->size() > 1) {
        return config::complaint{config::in_quotes(word), "is a range; write one port"};
    }
    return range->first;
}

config::checked<std::uint16_t> read_external_port(std::vector<std::string> const& words) {
    return words.size() > 1 ? config::read_external(words[1]) : read_internal_port(words[0]);
}

mapping mapping_of(transport protocol, endpoint const& internal) {
    mapping out;
    out.name = std::string(to_string(protocol)) + "-" + std::to_string(internal.port);
    out.protocol = protocol;
    out.internal = internal;
    return out;
}

} // namespace pmp::cli
