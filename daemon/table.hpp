// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/lease.hpp>

#include <string>
#include <vector>

namespace pmpd {

/// The table of leases for people: a heading, then a line a mapping, columns aligned, no newline
/// at the ends.
std::vector<std::string> table(std::vector<pmp::standing> const&, pmp::time_point now);

} // namespace pmpd
