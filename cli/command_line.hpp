// SPDX-License-Identifier: MIT
#pragma once

#include "cli/request.hpp"
#include "cli/verb.hpp"

#include <string>
#include <variant>
#include <vector>

namespace pmp::cli {

/// What is wrong with a command line, in one sentence that names the word.
struct misuse {
    std::string sentence;
};

/// The arguments after the verb. Options may stand anywhere before `--`, as `--name VALUE` or
/// `--name=VALUE`, each once.
std::variant<request, misuse> parse(verb const&, std::vector<std::string> const& arguments);

/// Says that there is no such verb, and which may have been meant.
misuse unknown_verb(std::string const& name);

/// Says what is wrong with the words after a verb, in JSON too where that is wanted; returns the
/// exit status.
int misused(std::string_view verb, std::string const& sentence, bool json);

/// `--json` is among them, whatever else is wrong with them.
bool wants_json(std::vector<std::string> const& arguments);

/// The words of a text that are separated by spaces.
std::vector<std::string_view> split(std::string_view text);

} // namespace pmp::cli
