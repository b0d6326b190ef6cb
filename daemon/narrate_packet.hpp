// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <pmp/packet.hpp>

namespace pmpd {

/// One line of what was sent or received.
log_line narrate(pmp::packet const&);

} // namespace pmpd
