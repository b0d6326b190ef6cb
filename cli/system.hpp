// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace pmp::cli {

bool error_is_terminal();

/// Whether the system has a network interface of that name.
bool has_interface(std::string const& name);

/// The command that lists them.
std::string_view lists_interfaces();

/// What was closed before this process began leads nowhere now: no socket is taken for it.
void occupy_standard_streams();

/// Writing where nobody reads any more is an error from now on, and no longer the end.
void survive_closed_pipes();

} // namespace pmp::cli
