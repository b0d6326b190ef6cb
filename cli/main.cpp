// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/program.hpp"
#include "cli/system.hpp"

#include <exception>

int main(int argc, char* argv[]) {
    pmp::cli::occupy_standard_streams();
    try {
        return pmp::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc});
    } catch (std::exception const& error) {
        pmp::cli::complain(error.what());
        return 1;
    }
}
