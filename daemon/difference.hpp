// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/log_line.hpp"

#include <filesystem>
#include <string>

namespace pmpd {

/// `1 mapping added, 2 removed; settings changed`, or `nothing changed`.
std::string
difference_words(pmp::config::configuration const& before, pmp::config::configuration const& after);

/// Says in one line what a reload of the file changes.
log_line narrate_reload(
    pmp::config::configuration const& before,
    pmp::config::configuration const& after,
    std::filesystem::path const& file
);

} // namespace pmpd
