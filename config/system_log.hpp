// SPDX-License-Identifier: MIT
#pragma once

#include "config/scalars.hpp"

#include <string_view>

namespace pmp::config {

/// The log that a system keeps for all its services.
struct system_log {
    std::string_view name;
    log_target::kind kind;
    std::string_view system;
};

inline constexpr system_log log_of_linux{"journald", log_target::kind::journald, "Linux"};
inline constexpr system_log log_of_windows{"eventlog", log_target::kind::event_log, "Windows"};

/// That of the system that this is built for.
system_log const& native_log();

/// Reports the log of another system.
checked<log_target> read_log_target(std::string_view, system_log const&);

} // namespace pmp::config
