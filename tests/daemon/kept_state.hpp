// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/state_file.hpp"
#include "scratch.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace daemon_test {

inline constexpr pmpd::instant now{
    pmp::time_point(std::chrono::hours(5)),
    std::chrono::system_clock::time_point(std::chrono::seconds(1714564800))};

inline pmp::memory memory_of(int secret) {
    pmp::memory out;
    out.secret.fill(static_cast<std::byte>(secret));
    return out;
}

/// A state file and what it told.
struct subject {
    explicit subject(std::filesystem::path const& path)
        : file(path, [this](pmpd::log_line const& line) { told.push_back(line); }) {}

    std::vector<pmpd::log_line> told;
    pmpd::state_file file;
};

inline bool tells_one_warning(subject const& s) {
    return s.told.size() == 1 && s.told.front().level == pmpd::log_level::warn;
}

} // namespace daemon_test
