// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"
#include "daemon/surroundings.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace pmp::cli {

bool output_is_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}

bool output_is_coloured() {
    return output_is_terminal() && pmpd::environment_variable("NO_COLOR").empty() &&
           pmpd::environment_variable("TERM") != "dumb";
}

terminal_size size_of_terminal() {
    winsize found{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_row == 0 || found.ws_col == 0) {
        return {};
    }
    return {found.ws_row, found.ws_col};
}

} // namespace pmp::cli
