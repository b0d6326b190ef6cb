// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/engine.hpp>

#include <string>
#include <vector>

namespace pmpd {

/// How all mappings fare, in a few words: `12 of 12 held, 203.0.113.7 by pcp`. `in_force`: so they
/// stand in the file; it could be used when it was read last.
std::string status_line(
    std::vector<pmp::standing> const&, std::vector<pmp::gateway_standing> const&, bool in_force
);

} // namespace pmpd
