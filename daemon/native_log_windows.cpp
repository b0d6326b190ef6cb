// SPDX-License-Identifier: MIT
#include "daemon/native_log.hpp"
#include "windows-service/event_log.hpp"
#include "windows-service/service_status.hpp"

#include <utility>

namespace pmpd {

namespace {

class events final : public native_log {
public:
    bool is_open() const { return events_.is_open(); }
    bool write(log_line const& line) override { return events_.write(line.level, to_text(line)); }

private:
    windows_service::event_log events_;
};

/// Its lines go to the log's target as well.
class troubles final : public native_log {
public:
    bool write(log_line const& line) override {
        if (line.level >= log_level::warn) {
            events_.write(line.level, to_text(line));
        }
        return false;
    }

private:
    windows_service::event_log events_;
};

} // namespace

std::unique_ptr<native_log> open_journal() {
    return nullptr;
}

std::unique_ptr<native_log> open_event_log() {
    auto opened = std::make_unique<events>();
    return opened->is_open() ? std::move(opened) : nullptr;
}

std::unique_ptr<native_log> open_system_log() {
    bool const is_service = windows_service::service_status::of_process() != nullptr;
    return is_service ? std::make_unique<troubles>() : nullptr;
}

} // namespace pmpd
