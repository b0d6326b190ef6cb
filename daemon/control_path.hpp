// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace pmpd {

/// Where a daemon's control socket is when neither the command line nor the configuration says it;
/// empty where there is no such place. The environment is asked by the name of a variable.
std::filesystem::path
default_control(std::function<std::string(char const*)> const& environment, bool is_root);

} // namespace pmpd
