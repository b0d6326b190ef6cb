// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/log_line.hpp"

namespace pmpd {

/// Says in one line what a reload of the file changes.
log_line narrate_reload(
    pmp::config::configuration const& before,
    pmp::config::configuration const& after,
    std::filesystem::path const& file
);

} // namespace pmpd
