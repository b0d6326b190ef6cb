// SPDX-License-Identifier: MIT
#include "daemon/program.hpp"

#include <exception>
#include <iostream>

int main(int argc, char* argv[]) {
    try {
        return pmpd::run({argv + 1, argv + argc});
    } catch (std::exception const& error) {
        std::cerr << "pmpd: " << error.what() << '\n';
        return 1;
    }
}
