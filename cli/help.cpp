// SPDX-License-Identifier: MIT
#include "cli/help.hpp"

#include <algorithm>

namespace pmp::cli {

namespace {

constexpr std::string_view beginning = R"(Usage: pmp VERB [ARGUMENT]...
Opens ports in the gateway by PCP, NAT-PMP or UPnP.

)";

constexpr std::string_view end = R"(
"pmp VERB --help" tells its options; also: pmp --version.
Exit status: 0 done, 1 the gateway refused, 2 usage, 3 nothing answered in time,
4 pmpd can't be reached, 78 configuration; after Ctrl-C 130, or 0 where
it ends what --keep keeps.

Example: let a web server be reached while it runs:
  pmp map 8000 -- python3 -m http.server 8000
)";

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

/// `--gateway ADDR`.
std::string written(option const& o) {
    auto out = std::string(o.name);
    return o.value.empty() ? out : out.append(" ").append(o.value);
}

} // namespace

std::string help() {
    constexpr std::size_t column = 27;
    auto out = std::string(beginning);
    for (auto const* each : verbs()) {
        auto line = std::string(each->name);
        if (!each->synopsis.empty()) {
            line.append(" ").append(each->synopsis);
        }
        out += "  " + padded(std::move(line), column) + " ";
        out += each->summary;
        out += '\n';
    }
    return out.append(end);
}

std::string help(verb const& v) {
    auto out = "Usage: pmp " + std::string(v.name);
    if (!v.synopsis.empty()) {
        out.append(" ").append(v.synopsis);
    }
    out += " [OPTION]...";
    out += v.takes_command ? " [-- COMMAND [ARG]...]\n" : "\n";
    auto summary = std::string(v.summary);
    summary.front() = static_cast<char>(summary.front() - 'a' + 'A');
    out += summary + ".\n\n";

    std::size_t width = 0;
    for (auto const* each : v.options) {
        width = std::max(width, written(*each).size());
    }
    for (auto const* each : v.options) {
        out += "  " + padded(written(*each), width) + "  ";
        out += each->help;
        out += '\n';
    }
    return out.append("\n").append(v.notes);
}

} // namespace pmp::cli
