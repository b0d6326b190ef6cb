// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.hpp"

#include <string>

namespace pmp::cli {

/// `pmp --help`: the verbs, and what holds for all of them.
std::string help();

/// `pmp VERB --help`.
std::string help(verb const&);

} // namespace pmp::cli
