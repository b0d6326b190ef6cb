// SPDX-License-Identifier: MIT
#pragma once

#include "wire/pcp.hpp"

#include <optional>

// What the standards forbid a request to hold.
namespace pmp::wire::pcp {

/// A broken rule: what it is to the sender, and what a server answers.
struct breach {
    fault sent = fault::bad_value;
    pcp_result received = pcp_result::malformed_option;
};

/// 11.1, 12.1
std::optional<breach> find_body_breach(request const&);

/// 13 and the extensions; the first one in the order of the options.
std::optional<breach> find_option_breach(request const&);

/// A MAP that suggests one of the two UDP ports of PCP itself, which no server assigns (11.3).
bool suggests_gateway_port(request const&);

/// True for mandatory options that are not understood here, RFC 7652's among them (7.3).
bool is_unsupported(option const&);

} // namespace pmp::wire::pcp
