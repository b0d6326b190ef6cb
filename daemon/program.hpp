// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace pmpd {

/// The whole of pmpd: from the command line, without the program's name, to the exit status.
int run(std::vector<std::string> const& arguments);

} // namespace pmpd
