// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/memory.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

namespace pmpd {

/// The same instant on both clocks: leases expire by the one that counts through sleep, a file
/// that outlives the machine's uptime needs the other.
struct instant {
    pmp::time_point boot;
    std::chrono::system_clock::time_point wall;
};

/// The text of a state file, version 1.
std::string to_json(pmp::memory const&, instant now);

/// Why a state file cannot be used, in a few words.
struct damage {
    std::string why;
};

/// A wall clock that was set back meanwhile cannot make a lease longer than any gateway grants.
std::variant<pmp::memory, damage> memory_from_json(std::string_view, instant now);

} // namespace pmpd
