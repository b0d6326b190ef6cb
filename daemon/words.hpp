// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace pmpd {

/// `30 s`, `45 min`, `12 h`: rounded, for sentences.
std::string in_words(std::chrono::seconds);

/// `1h30m`, `90s`: exact to the second or, from an hour on, to the minute; for tables.
std::string compact(std::chrono::seconds);

/// `1 mapping`, `3 mappings`.
std::string mappings_words(std::size_t count);

/// `a,b,c`; of many the first ten, then `+90`: a line has to stay readable with thousands.
std::string list(std::vector<std::string> const&);

/// `192.0.2.1:80`; `:80` where the address is not known.
std::string to_words(pmp::endpoint const&);

/// `the gateway has no connection at present (pcp NETWORK_FAILURE 7)`.
std::string to_words(pmp::error_code);

} // namespace pmpd
