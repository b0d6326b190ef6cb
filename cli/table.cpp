// SPDX-License-Identifier: MIT
#include "cli/table.hpp"

#include "config/text.hpp"

#include <algorithm>

namespace pmp::cli {

namespace {

/// In characters: UTF-8 continuation bytes take no room.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

} // namespace

std::string table::text() const {
    std::vector<std::size_t> widths;
    for (auto const& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    std::string out;
    for (auto const& row : rows_) {
        out.append(indent_, ' ');
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            bool const is_last = i + 1 == row.size();
            out.append(is_last ? 0 : widths[i] - width(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const before = text;
        auto const character = config::take_character(text);
        if (!character) {
            text.remove_prefix(1);
        }
        bool const shown = character && config::is_printable(*character);
        out += shown ? before.substr(0, before.size() - text.size()) : "?";
    }
    return out;
}

} // namespace pmp::cli
