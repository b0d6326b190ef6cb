// SPDX-License-Identifier: MIT
#include "daemon/surroundings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace pmpd {

std::vector<std::string> program_arguments(int argc, char** argv) {
    return {argv + (argc > 0 ? 1 : 0), argv + argc};
}

std::string environment_variable(char const* name) {
    auto const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): one thread
    return value != nullptr ? value : "";
}

bool is_journal(std::string const& journal_stream) {
    struct stat found {};
    return ::fstat(STDERR_FILENO, &found) == 0 &&
           journal_stream == std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
}

bool is_root() {
    return ::geteuid() == 0;
}

} // namespace pmpd
