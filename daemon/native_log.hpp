// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <memory>
#include <string_view>

namespace pmpd {

/// A log of the system's own that keeps level and fields apart from the message.
class native_log {
public:
    native_log() = default;
    virtual ~native_log() = default;
    native_log(native_log const&) = delete;
    native_log& operator=(native_log const&) = delete;

    /// False where it did not take the line.
    virtual bool write(log_line const&) = 0;
};

/// systemd's journal; null where there is none.
std::unique_ptr<native_log> open_journal();

/// Windows' event log, for all lines; null where there is none.
std::unique_ptr<native_log> open_event_log();

/// Where the system's administrator looks for troubles of services, besides the log's own target;
/// null where that is the same.
std::unique_ptr<native_log> open_system_log();

} // namespace pmpd
