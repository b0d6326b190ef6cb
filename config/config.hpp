// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/event.hpp>
#include <pmp/mapping.hpp>
#include <pmp/network.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pmp::config {

enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

/// A file, or where the daemon's host wants its log to go.
struct log_target {
    enum class kind : std::uint8_t { automatic, standard_error, journald, event_log, file };
    kind to = kind::automatic;
    /// Set for `kind::file`.
    std::filesystem::path path;

    friend bool operator==(log_target const&, log_target const&) = default;
};

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::text;
    log_target target;

    friend bool operator==(log_settings const&, log_settings const&) = default;
};

/// What hooks are told: in braces in an argument, with `PMP_` in front and in capitals in the
/// environment.
inline constexpr std::array<std::string_view, 12> hook_words = {
    "event",
    "mapping",
    "protocol",
    "internal_address",
    "internal_port",
    "external_address",
    "external_port",
    "old_external_address",
    "old_external_port",
    "lifetime",
    "gateway",
    "via",
};

/// The first placeholder, such as `{mapping}`, of a text at or after `at`, without its braces; `at`
/// is where it begins then.
std::optional<std::string_view> next_placeholder(std::string_view text, std::size_t& at);

/// A program to run when something changes.
struct hook_settings {
    /// Never empty.
    std::vector<event_kind> on;
    /// Names; empty: all.
    std::vector<std::string> mappings;
    /// The program, then its arguments, with placeholders. Never empty.
    std::vector<std::string> run;
    std::chrono::milliseconds timeout{30'000};

    friend bool operator==(hook_settings const&, hook_settings const&) = default;
};

/// What the configuration file says, with its defaults filled in.
struct configuration {
    bool release_on_exit = true;
    std::chrono::milliseconds release_timeout{2000};
    /// How often leases are read back; zero: never.
    std::chrono::seconds verify{600};
    /// Never empty: without any in the file there is `default`.
    std::vector<gateway_settings> gateways = {gateway_settings{}};
    /// Ranges are spread out; names and lifetimes are filled in.
    std::vector<mapping> mappings;
    /// Names of the file that mean several mappings, those of ranges and pairs, and which.
    std::map<std::string, std::vector<std::string>, std::less<>> groups;
    std::vector<hook_settings> hooks;
    /// Absent where the file does not name one.
    std::optional<std::filesystem::path> state;
    /// Likewise.
    std::optional<std::filesystem::path> control;
    /// Where metrics are served; absent: nowhere.
    std::optional<endpoint> metrics;
    log_settings log;

    friend bool operator==(configuration const&, configuration const&) = default;
};

/// One thing that is wrong in the file. Line and column count from 1; 0: the file as a whole.
struct problem {
    int line = 0;
    int column = 0;
    std::string message;

    friend bool operator==(problem const&, problem const&) = default;
};

/// `FILE:LINE:COLUMN: MESSAGE`, as compilers print it.
std::string to_string(problem const&, std::filesystem::path const& file);

/// All problems, in the order of the file; never an empty list.
using problems = std::vector<problem>;

inline constexpr std::size_t max_hooks = 256;
inline constexpr std::size_t max_mappings = 10'000;
inline constexpr std::size_t max_file_size = std::size_t{4} << 20U;

std::variant<configuration, problems> parse(std::string_view yaml);

/// Reads and parses. A file that cannot be read is a problem like any other.
std::variant<configuration, problems> load(std::filesystem::path const&);

} // namespace pmp::config
