// SPDX-License-Identifier: MIT
#include "daemon/program.hpp"
#include "daemon/surroundings.hpp"

#include <exception>
#include <iostream>

int main(int argc, char* argv[]) {
    try {
        return pmpd::run(pmpd::program_arguments(argc, argv));
    } catch (std::exception const& error) {
        std::cerr << "pmpd: " << error.what() << '\n';
        return 1;
    }
}
