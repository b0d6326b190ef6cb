// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <pmp/event.hpp>

#include <optional>
#include <vector>

namespace pmpd {

/// Says what happened. `asked`: the protocols that this gateway is asked by.
log_line narrate(pmp::event const&, std::vector<pmp::dialect_id> const& asked);

/// The external IPv4 address that an event tells, if any.
std::optional<pmp::ip_address> external_address(pmp::event const&);

/// Warns of an external address that the internet cannot reach, and says why.
log_line narrate_unreachable(pmp::ip_address const&, std::string const& gateway);

} // namespace pmpd
