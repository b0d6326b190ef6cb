// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"
#include "cli/session.hpp"

#include <pmp/engine.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace pmp::cli {

/// `tcp port 22`.
std::string port_words(transport, endpoint const& internal);

/// `203.0.113.7:2222`; `:2222` where the address is not known.
std::string endpoint_words(endpoint const&);

/// Prints what was granted, and warns of another NAT.
void print(console&, std::vector<mapping> const&, std::vector<lease> const&);

/// Prints where a mapping stands.
bool print(console&, standing const&, gateway_standing const*);

/// What was granted to several mappings, or the error of the one that was not.
struct grant {
    error_code error;
    std::vector<lease> leases;
    /// For how long the same answer is to be expected; zero: that is not known.
    std::chrono::seconds retry_in{};
};

/// Maps one port, or two by the same external number, or nothing; nothing also where it is
/// interrupted.
grant map_all(session&, std::vector<mapping> const&, std::chrono::seconds timeout);

} // namespace pmp::cli
