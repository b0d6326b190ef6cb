// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pmpd {

using pmp::config::log_level;

/// Part of a log line that programs can read. The key is a literal.
struct field {
    std::string_view key;
    std::variant<std::string, std::int64_t> value;
    /// The message says it already: only the JSON format repeats it.
    bool told = false;

    friend bool operator==(field const&, field const&) = default;
};

struct log_line {
    log_level level = log_level::info;
    std::string message;
    std::vector<field> fields;

    friend bool operator==(log_line const&, log_line const&) = default;
};

/// Where lines go that somebody has to say.
using teller = std::function<void(log_line const&)>;

/// `trace`, `debug`, `info`, `warn`, `error`.
std::string_view to_string(log_level);

/// Control characters become `\n`, `\x1b` and so on: no value can end a line or move a cursor.
std::string printable(std::string_view);

/// `MESSAGE key=value key="a value"`, without level and time.
std::string to_text(log_line const&);

/// RFC 3339 in UTC, with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point);

/// One JSON object: `time` (UTC), `level`, `message`, then the fields.
std::string to_json(log_line const&, std::chrono::system_clock::time_point);

} // namespace pmpd
