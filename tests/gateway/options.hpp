// SPDX-License-Identifier: MIT
#pragma once

#include "support/gateway_state.hpp"
#include "support/vices.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace pmp_gateway {

namespace exit_status {
inline constexpr int orderly = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
} // namespace exit_status

struct options {
    pmp::test::gateway_options gateway;
    std::vector<pmp::test::chosen_vice> vices;
    std::uint64_t seed = 1;
};

/// The command line is answered already: a text to print, and the exit status.
struct answer {
    int status = exit_status::orderly;
    /// For standard output where the status is `orderly`, else for standard error.
    std::string text;
};

/// `arguments`: without the program's name.
std::variant<options, answer> parse_options(std::vector<std::string> const& arguments);

/// Of `pcp`, `nat-pmp` and `upnp`, with commas. Throws `std::invalid_argument` with a sentence.
std::vector<pmp::dialect_id> parse_protocols(std::string const&);
/// `0.0.0.0` included. Throws likewise.
pmp::ip_address parse_address(std::string const&);

} // namespace pmp_gateway
