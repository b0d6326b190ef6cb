// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace pmpd {

/// An environment variable's value; empty where it is not set.
std::string environment_variable(char const* name);

/// Whether standard error goes to systemd's journal, which adds the time itself and reads a
/// leading `<N>` as priority.
bool is_journal(std::string const& journal_stream);

bool is_root();

} // namespace pmpd
