// SPDX-License-Identifier: MIT
#include "cli/program.hpp"

#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "cli/verb.hpp"
#include "config/text.hpp"

#include <cstdio>

namespace pmp::cli {

namespace {

int print(std::string const& text) {
    console out{request{}};
    out.text(text);
    return out.finish(exit_status::done);
}

int run_help(std::vector<std::string> const& arguments) {
    if (arguments.size() < 2) {
        return print(help());
    }
    if (arguments.size() > 2) {
        return misused(
            {}, "unexpected argument " + config::in_quotes(arguments[2]), wants_json(arguments)
        );
    }
    auto const* asked = find_verb(arguments[1]);
    return asked != nullptr
               ? print(help(*asked))
               : misused({}, unknown_verb(arguments[1]).sentence, wants_json(arguments));
}

int run_verb(verb const& chosen, std::vector<std::string> const& arguments) {
    auto const parsed = parse(chosen, arguments);
    if (auto const* wrong = std::get_if<misuse>(&parsed)) {
        return misused(chosen.name, wrong->sentence, wants_json(arguments));
    }
    auto const& asked = std::get<request>(parsed);
    return asked.help ? print(help(chosen)) : chosen.run(asked);
}

} // namespace

int run(std::vector<std::string> const& arguments) {
    if (arguments.empty()) {
        auto const text = help();
        std::fwrite(text.data(), 1, text.size(), stderr);
        return exit_status::usage;
    }
    auto const& first = arguments.front();
    if (first == "--help" || first == "-h" || first == "help") {
        return run_help(arguments);
    }
    if (first == "--version") {
        return arguments.size() > 1 ? misused(
                                          {},
                                          "unexpected argument " + config::in_quotes(arguments[1]),
                                          wants_json(arguments)
                                      )
                                    : print("pmp " PMP_VERSION "\n");
    }
    if (auto const* chosen = find_verb(first)) {
        return run_verb(*chosen, {arguments.begin() + 1, arguments.end()});
    }
    if (first.starts_with('-')) {
        return misused(
            {},
            config::in_quotes(first) + " stands where a verb belongs: pmp VERB [OPTION]...",
            wants_json(arguments)
        );
    }
    return misused({}, unknown_verb(first).sentence, wants_json(arguments));
}

} // namespace pmp::cli
