// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <pmp/client.hpp>

#include <optional>
#include <vector>

namespace pmpd {

/// Warns of what earlier runs have opened, does not end by itself, and can't be deleted: its
/// gateway is not among those that are configured, or may not be asked by UPnP any more.
std::vector<log_line>
narrate_stranded(pmp::memory const&, std::vector<pmp::gateway_settings> const& configured);

/// Warns, at the end, of what was not released in time. What was refused has been told by then.
std::optional<log_line>
narrate_unreleased(std::vector<pmp::standing> const&, std::vector<pmp::gateway_standing> const&);

} // namespace pmpd
