// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"
#include "daemon/log_line.hpp"
#include "daemon/native_log.hpp"

#include <memory>
#include <optional>
#include <string>

namespace spdlog {
class logger;
} // namespace spdlog

namespace pmpd {

/// The daemon's log. Nothing that goes wrong while a line is written comes back to the writer.
class log {
public:
    /// To standard error, until told otherwise.
    log();
    ~log();
    log(log const&) = delete;
    log& operator=(log const&) = delete;

    /// Opens the target, also anew where it is the same file: logrotate may have renamed it.
    /// Returns why that failed; all is as it was then.
    std::optional<std::string> use(pmp::config::log_settings const&);

    void write(log_line const&);
    /// Whatever the level: somebody asked for it.
    void answer(log_line const&);

private:
    std::unique_ptr<spdlog::logger> logger_;
    std::unique_ptr<native_log> native_;
    log_level level_ = log_level::info;
    pmp::config::log_format format_ = pmp::config::log_format::text;
};

} // namespace pmpd
