// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace pmp::cli {

// What `pmp completion` prints: everything that the tables of verbs and options know.

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

} // namespace pmp::cli
