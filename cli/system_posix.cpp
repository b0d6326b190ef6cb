// SPDX-License-Identifier: MIT
#include "cli/system.hpp"

#include <fcntl.h>
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

std::string_view lists_interfaces() {
    return "ip link";
}

void occupy_standard_streams() {
    // The lowest number that is free is the one that is given. For reading: writing stays an error.
    int opened = 0;
    while (opened >= 0 && opened <= STDERR_FILENO) {
        opened = ::open("/dev/null", O_RDONLY);
    }
    if (opened > STDERR_FILENO) {
        ::close(opened);
    }
}

void survive_closed_pipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace pmp::cli
