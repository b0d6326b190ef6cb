// SPDX-License-Identifier: MIT
#include "daemon/metrics_text.hpp"

#include <spdlog/fmt/fmt.h>

namespace pmpd {

namespace {

void append_escaped(std::string& out, std::string_view value) {
    for (char const c : value) {
        switch (c) {
        case '\\': out += "\\\\"; break;
        case '"': out += "\\\""; break;
        case '\n': out += "\\n"; break;
        default: out += c;
        }
    }
}

} // namespace

void metrics_text::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void metrics_text::sample(
    std::initializer_list<label> labels, double value, std::string_view suffix
) {
    line(labels, fmt::format("{}", value), suffix);
}

void metrics_text::sample(
    std::initializer_list<label> labels, std::uint64_t value, std::string_view suffix
) {
    line(labels, fmt::format("{}", value), suffix);
}

void metrics_text::line(
    std::initializer_list<label> labels, std::string_view value, std::string_view suffix
) {
    text_.append(name_).append(suffix);
    char separator = '{';
    for (auto const& [name, content] : labels) {
        text_ += separator;
        text_.append(name).append("=\"");
        append_escaped(text_, content);
        text_ += '"';
        separator = ',';
    }
    if (labels.size() != 0) {
        text_ += '}';
    }
    text_.append(" ").append(value).append("\n");
}

} // namespace pmpd
