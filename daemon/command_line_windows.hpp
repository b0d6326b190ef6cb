// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace pmpd {

/// The one text that Windows hands to a program, such that the program finds these arguments in it.
std::wstring command_line_of(std::vector<std::string> const& arguments);

/// The variables, each `NAME=value`, as CreateProcess takes them.
std::wstring environment_block_of(std::vector<std::string> variables);

/// Where a program is; empty where it is nowhere. `path`: the folders to look into where the name
/// has none, parted by semicolons.
std::wstring find_executable(std::string const& name, std::string const& path);

/// What Windows hands to its command processor, which finds commands in arguments.
bool is_batch_file(std::wstring const& program);

} // namespace pmpd
