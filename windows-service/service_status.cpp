// SPDX-License-Identifier: MIT
#include "windows-service/service_status.hpp"

#include <utility>

namespace pmpd::windows_service {

namespace {

/// In milliseconds: without another sign of life the manager takes the service for hung.
constexpr DWORD wait_hint = 5000;

// The service control manager calls ServiceMain without a word of whose it is.
service_status* the_status = nullptr; // NOLINT(*-avoid-non-const-global-variables)

} // namespace

service_status* service_status::of_process() {
    return the_status;
}

service_status::service_status() {
    status_.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status_.dwCurrentState = SERVICE_START_PENDING;
    status_.dwWaitHint = wait_hint;
    the_status = this;
}

service_status::~service_status() {
    the_status = nullptr;
}

void service_status::join_manager() {
    std::lock_guard const lock(mutex_);
    handle_ = ::RegisterServiceCtrlHandlerExW(service_name, &service_status::hear, this);
    report();
}

void service_status::listen(std::function<void(control)> told) {
    std::lock_guard const lock(mutex_);
    told_ = std::move(told);
    if (told_ && std::exchange(untold_stop_, false)) {
        told_(control::stop);
    }
}

void service_status::running() {
    std::lock_guard const lock(mutex_);
    if (status_.dwCurrentState == SERVICE_START_PENDING) {
        status_.dwCurrentState = SERVICE_RUNNING;
        status_.dwControlsAccepted = accepted_controls;
        status_.dwCheckPoint = 0;
        status_.dwWaitHint = 0;
        report();
    }
}

void service_status::stopping() {
    std::lock_guard const lock(mutex_);
    status_.dwCurrentState = SERVICE_STOP_PENDING;
    status_.dwControlsAccepted = 0;
    ++status_.dwCheckPoint;
    status_.dwWaitHint = wait_hint;
    report();
}

void service_status::stopped(int exit_status) {
    std::lock_guard const lock(mutex_);
    status_.dwCurrentState = SERVICE_STOPPED;
    status_.dwControlsAccepted = 0;
    status_.dwCheckPoint = 0;
    status_.dwWaitHint = 0;
    status_.dwWin32ExitCode = exit_status == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
    status_.dwServiceSpecificExitCode = static_cast<DWORD>(exit_status);
    report();
}

void service_status::report() {
    if (handle_ != nullptr) {
        ::SetServiceStatus(handle_, &status_);
    }
}

void service_status::tell(control asked) {
    std::lock_guard const lock(mutex_);
    if (told_) {
        told_(asked);
    } else {
        untold_stop_ = untold_stop_ || asked == control::stop;
    }
}

DWORD service_status::take(DWORD code, DWORD event) {
    auto const asked = asked_by(code, event);
    if (asked == control::stop) {
        stopping();
    }
    if (asked) {
        tell(*asked);
    }
    return is_known(code) ? NO_ERROR : ERROR_CALL_NOT_IMPLEMENTED;
}

DWORD WINAPI service_status::hear(DWORD code, DWORD event, void* /*data*/, void* self) {
    return static_cast<service_status*>(self)->take(code, event);
}

} // namespace pmpd::windows_service
