// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// `LINE:COLUMN: MESSAGE` of each problem; empty where the file is right.
inline std::vector<std::string> complaints_about(std::string_view yaml) {
    auto const parsed = pmp::config::parse(yaml);
    std::vector<std::string> lines;
    if (auto const* const found = std::get_if<pmp::config::problems>(&parsed)) {
        for (auto const& p : *found)
            lines.push_back(
                std::to_string(p.line) + ":" + std::to_string(p.column) + ": " + p.message
            );
    }
    return lines;
}

/// The one complaint there is; otherwise all of them, or nothing.
inline std::string complaint_about(std::string_view yaml) {
    std::string all;
    for (auto const& line : complaints_about(yaml))
        all += (all.empty() ? "" : "\n") + line;
    return all;
}

inline pmp::config::configuration accepted(std::string_view yaml) {
    auto parsed = pmp::config::parse(yaml);
    BOOST_REQUIRE_MESSAGE(parsed.index() == 0, complaint_about(yaml));
    return std::get<pmp::config::configuration>(std::move(parsed));
}

inline std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (auto const part : parts)
        all += part;
    return all;
}

/// Of a file with that one mapping, in braces.
inline std::string complaint_about_mapping(std::string const& mapping) {
    return complaint_about("mappings: [" + mapping + "]\n");
}

inline std::vector<pmp::mapping> mappings_of(std::string const& mapping) {
    return accepted("mappings: [" + mapping + "]\n").mappings;
}
