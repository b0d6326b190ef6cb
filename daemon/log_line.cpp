// SPDX-License-Identifier: MIT
#include "daemon/log_line.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace pmpd {

namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool needs_quotes(std::string_view value) {
    return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
               return c == ' ' || c == '"' || c == '=' || c == '\\' || is_control(c);
           });
}

void append_escaped(std::string& out, char c) {
    switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
}

std::string in_quotes(std::string_view value) {
    std::string out = "\"";
    for (char const c : value) {
        if (is_control(c)) {
            append_escaped(out, c);
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

std::string to_text(std::variant<std::string, std::int64_t> const& value) {
    if (auto const* number = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*number);
    }
    auto const& text = std::get<std::string>(value);
    return needs_quotes(text) ? in_quotes(text) : text;
}

} // namespace

std::string_view to_string(log_level level) {
    switch (level) {
    case log_level::trace: return "trace";
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warn: return "warn";
    case log_level::error: return "error";
    }
    return "unknown";
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (char const c : text) {
        if (is_control(c)) {
            append_escaped(out, c);
        } else {
            out += c;
        }
    }
    return out;
}

std::string to_text(log_line const& line) {
    auto out = printable(line.message);
    for (auto const& each : line.fields) {
        if (!each.told) {
            out += fmt::format(" {}={}", each.key, to_text(each.value));
        }
    }
    return out;
}

std::string timestamp(std::chrono::system_clock::time_point at) {
    using namespace std::chrono;
    auto const day = floor<days>(at);
    year_month_day const date(day);
    hh_mm_ss const clock(floor<milliseconds>(at - day));
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count(),
        clock.subseconds().count()
    );
}

std::string to_json(log_line const& line, std::chrono::system_clock::time_point at) {
    boost::json::object out;
    out["time"] = timestamp(at);
    out["level"] = to_string(line.level);
    out["message"] = line.message;
    for (auto const& each : line.fields) {
        std::visit([&](auto const& value) { out.emplace(each.key, value); }, each.value);
    }
    return boost::json::serialize(out);
}

} // namespace pmpd
