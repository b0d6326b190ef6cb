// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log.hpp"

#include <filesystem>

namespace daemon_test {

inline pmp::config::log_settings to_file(std::filesystem::path const& path) {
    pmp::config::log_settings out;
    out.target = {pmp::config::log_target::kind::file, path};
    return out;
}

} // namespace daemon_test
