// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace pmpd {

/// What the program was asked, without its own name, in UTF-8. A console shows UTF-8 from now on.
std::vector<std::string> program_arguments(int argc, char** argv);

/// An environment variable's value; empty where it is not set.
std::string environment_variable(char const* name);

/// Whether standard error goes to systemd's journal, which adds the time itself and reads a
/// leading `<N>` as priority.
bool is_journal(std::string const& journal_stream);

/// Or an administrator, or an account of the system's own.
bool is_root();

} // namespace pmpd
