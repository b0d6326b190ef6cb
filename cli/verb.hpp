// SPDX-License-Identifier: MIT
#pragma once

#include "cli/option.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace pmp::cli {

/// What scripts can rely on.
namespace exit_status {
inline constexpr int done = 0;
inline constexpr int refused = 1;
inline constexpr int usage = 2;
inline constexpr int silent = 3;
inline constexpr int no_daemon = 4;
inline constexpr int configuration = 78; // EX_CONFIG of sysexits.h
inline constexpr int not_executable = 126;
inline constexpr int not_found = 127;
/// Plus the number of the signal.
inline constexpr int signalled = 128;
} // namespace exit_status

/// `pmp VERB ...`. Each has a source of its own and a line in `verbs()`.
struct verb {
    std::string_view name;
    /// The words after it, as its help shows them.
    std::string_view synopsis;
    std::string_view summary;
    /// The end of its help: what the options don't say, and an example.
    std::string_view notes;
    option_list options;
    std::size_t least_words = 0;
    std::size_t most_words = 0;
    /// `-- COMMAND ARGS...` may follow.
    bool takes_command = false;
    /// What its first word can be, separated by spaces; empty: anything.
    std::string_view choices = {};
    int (*run)(request const&) = nullptr;
};

/// In the order of the help.
std::span<verb const* const> verbs();

/// Null where there is none of that name.
verb const* find_verb(std::string_view name);

} // namespace pmp::cli
