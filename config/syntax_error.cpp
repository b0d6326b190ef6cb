// SPDX-License-Identifier: MIT
#include "config/syntax_error.hpp"

#include "config/text.hpp"

#include <algorithm>
#include <array>

namespace pmp::config {

namespace {

struct explanation {
    std::string_view begins_with;
    std::string_view sentence;
};

constexpr std::string_view misplaced_colon =
    "a ':' cannot stand here; check that a ':' and a space follow the key in the line above, and "
    "put quotes around a text that holds ': '";
constexpr std::string_view misplaced_line =
    "this does not continue what stands above; check the indentation, and that nothing follows a "
    "text in quotes";
constexpr std::string_view bad_escape =
    "this is not an escape sequence of YAML; write '\\\\' for a backslash, or use single quotes";
constexpr std::string_view bad_directive = "this directive is not understood; remove the line";
constexpr std::string_view bad_name =
    "a name of letters and digits must follow '&' and '*'; put quotes around a text that begins so";

constexpr std::array<explanation, 24> explanations{{
    {"unknown token", "a value cannot begin with this character; put quotes around the value"},
    {"illegal map value", misplaced_colon},
    {"illegal map key", misplaced_colon},
    {"end of map not found", misplaced_line},
    {"end of sequence not found", misplaced_line},
    {"illegal block entry", "a list item cannot begin here; begin it on a line of its own"},
    {"illegal flow end", "this bracket does not close the one opened last; remove or replace it"},
    {"illegal tab", "a tab is used for indentation; use spaces"},
    {"unknown escape", bad_escape},
    {"bad character found while scanning hex", bad_escape},
    {"invalid unicode", bad_escape},
    {"the referenced anchor",
     "there is no anchor of this name above; define it with '&', or put quotes around a text that "
     "begins with '*'"},
    {"alias not found", bad_name},
    {"anchor not found", bad_name},
    {"illegal character found while scanning alias", bad_name},
    {"illegal character found while scanning anchor", bad_name},
    {"cannot assign multiple", "a value can have one anchor and one tag; remove the others"},
    {"aliases can't have", "an alias stands for a whole value; remove what belongs to it here"},
    {"YAML directives", bad_directive},
    {"bad YAML version", bad_directive},
    {"YAML major version", bad_directive},
    {"repeated", bad_directive},
    {"TAG directives", bad_directive},
    {"illegal character found while scanning tag",
     "this is not a tag; put quotes around a text that begins with '!'"},
}};

bool can_precede_value(char c) {
    return std::string_view(" \t\n[{,:").find(c) != std::string_view::npos;
}

/// Past the closing quote; npos where there is none.
std::size_t end_of_quote(std::string_view source, std::size_t opening) {
    auto const quote = source[opening];
    auto at = opening + 1;
    while (at < source.size()) {
        bool const doubled = quote == '\'' && source.substr(at, 2) == "''";
        bool const escaped = quote == '"' && source[at] == '\\';
        if (source[at] == quote && !doubled)
            return at + 1;
        at += doubled || escaped ? 2 : 1;
    }
    return std::string_view::npos;
}

} // namespace

std::string explain_syntax_error(std::string_view yaml_message) {
    auto const* const found =
        std::find_if(explanations.begin(), explanations.end(), [yaml_message](auto const& e) {
            return yaml_message.starts_with(e.begins_with);
        });
    if (found != explanations.end())
        return std::string(found->sentence);
    return "this is not valid YAML (" + in_quotes(yaml_message) + "); rewrite it";
}

bool is_indented_with_tab(std::string_view source, std::size_t offset) {
    auto const before = source.substr(0, offset);
    auto const line = source.substr(before.rfind('\n') + 1);
    return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

std::optional<std::size_t> find_open_quote(std::string_view source, std::size_t offset) {
    auto at = offset;
    while ((at = source.find_first_of("'\"", at)) != std::string_view::npos) {
        bool const opens = at == 0 || can_precede_value(source[at - 1]);
        auto const end = opens ? end_of_quote(source, at) : at + 1;
        if (end == std::string_view::npos)
            return at;
        at = end;
    }
    return std::nullopt;
}

} // namespace pmp::config
