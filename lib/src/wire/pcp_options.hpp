// SPDX-License-Identifier: MIT
#pragma once

#include "wire/pcp.hpp"

#include <vector>

// RFC 6887 7.3 and 13, RFC 7220, 7225, 7753, 7767 and 7843.
namespace pmp::wire::pcp {

/// RFC 7220 2, RFC 7843 3: in octets.
inline constexpr std::size_t longest_text = 1016;

std::uint8_t code_of(option const&);

/// Header, data and padding.
bytes encode(option const&);

struct option_list {
    std::vector<option> options;
    /// False where the list breaks off: the next option overruns the message, or has a length that
    /// its definition forbids.
    bool sound = true;
};

/// All that is left.
option_list read_options(reader&);

} // namespace pmp::wire::pcp
