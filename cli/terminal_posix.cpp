// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"
#include "daemon/surroundings.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace pmp::cli {

bool output_is_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}

bool output_is_screen() {
    return output_is_terminal() && pmpd::environment_variable("TERM") != "dumb";
}

bool output_is_coloured() {
    return output_is_screen() && pmpd::environment_variable("NO_COLOR").empty();
}

bool shows_unicode() {
    auto const terminal = pmpd::environment_variable("TERM");
    if (output_is_terminal() && (terminal == "dumb" || terminal == "linux")) {
        return false;
    }
    // POSIX: the first that is set counts.
    for (auto const* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        auto locale = pmpd::environment_variable(name);
        if (!locale.empty()) {
            std::transform(locale.begin(), locale.end(), locale.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            });
            return locale.find("utf-8") != std::string::npos ||
                   locale.find("utf8") != std::string::npos;
        }
    }
    return false;
}

terminal_size size_of_terminal() {
    winsize found{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_row == 0 || found.ws_col == 0) {
        return {};
    }
    return {found.ws_row, found.ws_col};
}

} // namespace pmp::cli
