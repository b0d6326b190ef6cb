// SPDX-License-Identifier: MIT
#include "cli/system.hpp"

#include <net/if.h>
#include <unistd.h>

#include <csignal>

namespace pmp::cli {

bool error_is_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

bool has_interface(std::string const& name) {
    return ::if_nametoindex(name.c_str()) != 0;
}

void survive_closed_pipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace pmp::cli
