// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/native_log.hpp"

#include <pmp/error.hpp>

#include <filesystem>
#include <memory>
#include <string_view>

namespace pmpd::windows_service {

/// Tells Windows where the texts of pmpd's events are: in that program.
pmp::error_code add_event_source(std::filesystem::path const& program);
void remove_event_source();

/// Windows' event log, by the source `pmpd`.
class event_log {
public:
    event_log();
    ~event_log();
    event_log(event_log const&) = delete;
    event_log& operator=(event_log const&) = delete;

    bool is_open() const { return source_ != nullptr; }
    /// False where it did not take the text.
    bool write(log_level, std::string_view text) const;

private:
    void* source_;
};

/// One error, where there is no log yet or any more.
void report_failure(std::string_view);

} // namespace pmpd::windows_service
