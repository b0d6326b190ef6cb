// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/native_log.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace pmpd::systemd {

/// One line in the journal's native protocol: `MESSAGE`, `PRIORITY`, `SYSLOG_IDENTIFIER`, and each
/// field as `PMP_` and its key in capitals.
std::string journal_entry(log_line const&);

/// The journal behind a socket of that path; null where nobody listens there.
std::unique_ptr<native_log> open_journal(std::filesystem::path const&);

} // namespace pmpd::systemd
