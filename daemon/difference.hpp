// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/log_line.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace pmpd {

/// What a reload of the file changes.
struct changes {
    /// `1 mapping added, 2 removed; settings changed`, or `nothing changed`.
    std::string words;
    /// The names of what is added, removed and changed.
    std::vector<field> fields{};
};

changes
changes_between(pmp::config::configuration const& before, pmp::config::configuration const& after);

/// In one line.
log_line narrate_reload(changes const&, std::filesystem::path const& file);

} // namespace pmpd
