// SPDX-License-Identifier: MIT
#include "cli/console.hpp"

#include "cli/system.hpp"
#include "cli/verb.hpp"
#include "daemon/surroundings.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace pmp::cli {

namespace {

constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view yellow = "\x1b[33m";

/// `pmp: WORD: SENTENCE`, the word in that colour where standard error is a terminal.
void tell(std::string_view word, std::string_view colour, std::string_view sentence) {
    static bool const coloured = error_is_terminal() &&
                                 pmpd::environment_variable("NO_COLOR").empty() &&
                                 pmpd::environment_variable("TERM") != "dumb";
    std::string out = "pmp: ";
    if (!word.empty()) {
        out.append(coloured ? colour : "").append(word).append(coloured ? "\x1b[0m" : "");
        out += ": ";
    }
    out.append(sentence).append("\n");
    std::fwrite(out.data(), 1, out.size(), stderr);
}

} // namespace

console::console(request const& asked) : json_(asked.json), quiet_(asked.quiet) {}

bool console::text(std::string_view data) {
    auto* const to = own_output_ ? stdout : stderr;
    bool const written = std::fwrite(data.data(), 1, data.size(), to) == data.size();
    // Whoever reads it may act on it at once.
    if (!written || std::fflush(to) != 0) {
        lost_ = lost_ != 0 ? lost_ : errno;
    }
    return lost_ == 0;
}

bool console::line(std::string_view data) {
    return text(std::string(data) + '\n');
}

void console::note(std::string_view sentence) const {
    if (!quiet_) {
        tell({}, {}, sentence);
    }
}

void console::warn(std::string_view sentence) const {
    if (!quiet_) {
        tell("warning", yellow, sentence);
    }
}

void console::complain(std::string_view sentence) const {
    cli::complain(sentence);
}

int console::finish(int status, std::string_view also) const {
    if (lost_ == 0) {
        return status;
    }
    auto sentence = "what was to be printed is lost: " + std::generic_category().message(lost_);
    complain(sentence.append(also));
    return status == exit_status::done ? exit_status::refused : status;
}

void complain(std::string_view sentence) {
    tell("error", red, sentence);
}

} // namespace pmp::cli
