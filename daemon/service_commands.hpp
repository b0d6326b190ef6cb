// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pmpd {

/// Carries out `pmpd service ...` and returns the exit status; nothing where these arguments are
/// something else, or the system has no such services.
std::optional<int> run_service_command(std::vector<std::string> const& arguments);

} // namespace pmpd
