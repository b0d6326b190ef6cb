// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/mapping.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace pmp {

/// What a mapping has left at its gateway beside the entry that it has now, as its deletion was
/// refused.
struct left_entry {
    std::uint16_t external_port = 0;
    /// The remote hosts that it lets in; empty: all.
    std::string remotes{};

    friend auto operator<=>(left_entry const&, left_entry const&) = default;
};

inline left_entry left_at(std::uint16_t external_port, std::vector<remote_prefix> const& allow) {
    left_entry out{external_port};
    for (auto const& each : allow) {
        out.remotes += to_string(each) + ' ';
    }
    return out;
}

} // namespace pmp
