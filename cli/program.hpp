// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace pmp::cli {

/// The whole of pmp: from the command line, without the program's name, to the exit status.
int run(std::vector<std::string> const& arguments);

} // namespace pmp::cli
