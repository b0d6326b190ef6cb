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

/// True where a server has to bear with what no client should send: a MAP that suggests one of the
/// two UDP ports of PCP itself (11.3), a FILTER that lets in all of IPv4 (erratum 3891).
bool is_improper(request const&);

/// True for mandatory options that are not understood here, RFC 7652's among them (7.3).
bool is_unsupported(option const&);

} // namespace pmp::wire::pcp
