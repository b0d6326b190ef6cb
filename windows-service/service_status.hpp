// SPDX-License-Identifier: MIT
#pragma once

#include "windows-service/controls.hpp"

#include <functional>
#include <mutex>

namespace pmpd::windows_service {

inline constexpr auto service_name = L"pmpd";

/// How this process, where it runs as a service, stands with the service control manager. That one
/// asks on a thread of its own.
class service_status {
public:
    /// Null where this process is no service.
    static service_status* of_process();

    /// From here on it is a service that starts.
    service_status();
    ~service_status();
    service_status(service_status const&) = delete;
    service_status& operator=(service_status const&) = delete;

    /// The manager tells of controls from here on, and is told how it stands. To be called on the
    /// thread of ServiceMain.
    void join_manager();
    /// Whom to tell of controls, one at a time; null: nobody. A stop that came while there was
    /// nobody is told at once.
    void listen(std::function<void(control)>);
    void running();
    /// Each call is a sign of life.
    void stopping();
    /// Takes a control as `HandlerEx` does: from any thread; returns what the manager is told of
    /// it.
    DWORD take(DWORD code, DWORD event);
    /// The last word. `exit_status`: 0 is orderly; else the manager does what it does to failures.
    void stopped(int exit_status);

private:
    static DWORD WINAPI hear(DWORD code, DWORD event, void* data, void* self);
    void tell(control);
    void report();

    SERVICE_STATUS_HANDLE handle_ = nullptr;
    std::mutex mutex_;
    SERVICE_STATUS status_{};
    std::function<void(control)> told_;
    bool untold_stop_ = false;
};

} // namespace pmpd::windows_service
