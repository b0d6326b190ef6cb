// SPDX-License-Identifier: MIT
#include "daemon/table.hpp"

#include "daemon/log_line.hpp"
#include "daemon/words.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace pmpd {

namespace {

using row = std::array<std::string, 10>;

/// Rounded up, so that what has just been granted shows its whole lifetime.
std::chrono::seconds until(pmp::time_point at, pmp::time_point now) {
    return std::max(std::chrono::ceil<std::chrono::seconds>(at - now), std::chrono::seconds(0));
}

std::string error_cell(pmp::standing const& s, pmp::time_point now) {
    if (!s.error.failed()) {
        return "-";
    }
    auto const again =
        s.retry_at ? ", asked again in " + in_words(until(*s.retry_at, now)) : std::string();
    return to_words(s.error) + again;
}

row to_row(pmp::standing const& s, pmp::time_point now) {
    row out;
    out.fill("-");
    out[0] = printable(s.mapping.name);
    out[1] = to_string(s.state);
    out[2] = to_string(s.mapping.protocol);
    out[3] = s.mapping.internal.port != 0 ? to_words(s.mapping.internal) : "any";
    if (s.lease) {
        out[3] = to_words(s.lease->internal);
        out[4] = to_words(s.lease->assigned);
        bool const ends = !s.lease->permanent && s.lease->via != pmp::dialect_id::direct;
        out[5] = s.lease->permanent ? "permanent" : ends ? compact(s.lease->lifetime) : "-";
        out[6] = ends ? compact(until(s.lease->expires, now)) : "-";
        out[7] = to_string(s.lease->via);
    }
    out[8] = printable(s.mapping.gateway);
    out[9] = error_cell(s, now);
    return out;
}

/// In characters: UTF-8 continuation bytes take no room.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
    }));
}

} // namespace

std::vector<std::string> table(std::vector<pmp::standing> const& standings, pmp::time_point now) {
    std::vector<row> rows = {
        {"MAPPING",
         "STATE",
         "PROTOCOL",
         "INTERNAL",
         "EXTERNAL",
         "LIFETIME",
         "REMAINING",
         "VIA",
         "GATEWAY",
         "ERROR"}};
    for (auto const& each : standings) {
        rows.push_back(to_row(each, now));
    }

    std::array<std::size_t, std::tuple_size_v<row>> widths{};
    for (auto const& each : rows) {
        for (std::size_t i = 0; i < each.size(); ++i) {
            widths[i] = std::max(widths[i], width(each[i]));
        }
    }

    std::vector<std::string> lines;
    for (auto const& each : rows) {
        std::string line;
        for (std::size_t i = 0; i + 1 < each.size(); ++i) {
            line += each[i] + std::string(widths[i] - width(each[i]) + 2, ' ');
        }
        lines.push_back(line + each.back());
    }
    return lines;
}

} // namespace pmpd
