// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pmpd {

/// What programs that start pmpd can rely on.
namespace exit_status {
inline constexpr int orderly = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
inline constexpr int configuration = 78; // EX_CONFIG of sysexits.h
} // namespace exit_status

/// Where the configuration is when the command line does not say it.
std::filesystem::path default_config();

struct options {
    std::filesystem::path config = default_config();
    bool check = false;
    bool once = false;
    std::optional<std::filesystem::path> state;
    std::optional<std::filesystem::path> control;
    std::optional<pmp::config::log_level> log_level;
    std::optional<pmp::config::log_format> log_format;
};

/// The settings of the file, outweighed by the command line.
pmp::config::log_settings effective(pmp::config::log_settings, options const&);

/// The command line is answered already: a text to print, and the exit status.
struct answer {
    int status = exit_status::orderly;
    /// For standard output where the status is `orderly`, else for standard error.
    std::string text;
};

/// `arguments`: without the program's name.
std::variant<options, answer> parse_options(std::vector<std::string> const& arguments);

/// An environment variable's value; empty where it is not set.
using environment = std::function<std::string(char const* name)>;

/// Where the state is kept when neither the command line nor the configuration says it; empty
/// where there is no such place.
std::filesystem::path default_state(environment const&, bool is_root);

} // namespace pmpd
