// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <pmp/client.hpp>

namespace pmpd {

/// Says what the client has to do without, or has again.
log_line narrate(pmp::notice const&);

} // namespace pmpd
