// SPDX-License-Identifier: MIT
#include "cli/console.hpp"
#include "cli/program.hpp"
#include "cli/system.hpp"
#include "daemon/surroundings.hpp"

#include <exception>

int main(int argc, char* argv[]) {
    pmp::cli::occupy_standard_streams();
    try {
        return pmp::cli::run(pmpd::program_arguments(argc, argv));
    } catch (std::exception const& error) {
        pmp::cli::complain(error.what());
        return 1;
    }
}
