// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <pmp/client.hpp>

#include <set>
#include <string>
#include <vector>

namespace pmpd {

/// Warns, at the start, of what earlier runs have opened by UPnP and can't be deleted: its gateway
/// is not among those that are configured, or may not be asked by UPnP any more.
std::vector<log_line> narrate_stranded(
    pmp::memory const&, std::vector<pmp::gateway_settings> const& configured, pmp::time_point now
);

/// Warns, at the end, of what gateways may still have by UPnP. `told`: the mappings of which that
/// has been said.
std::vector<log_line> narrate_undeleted(
    pmp::memory const&,
    std::vector<pmp::gateway_settings> const& configured,
    std::set<std::string> const& told,
    pmp::time_point now
);

/// Names of what was not released in time. What was refused has been told by then.
std::vector<std::string>
unreleased(std::vector<pmp::standing> const&, std::vector<pmp::gateway_standing> const&);

/// Warns of them, at least one.
log_line narrate_unreleased(std::vector<std::string> const& names);

} // namespace pmpd
