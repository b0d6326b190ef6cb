// SPDX-License-Identifier: MIT
#include "windows-service/service_status.hpp"

#include <utility>

namespace pmpd::windows_service {

namespace {

constexpr DWORD accepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN |
                           SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE;
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
    handle_ = ::RegisterServiceCtrlHandlerExW(service_name, &service_status::hear, this);
    the_status = this;
    std::lock_guard const lock(mutex_);
    report();
}

service_status::~service_status() {
    the_status = nullptr;
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
        status_.dwControlsAccepted = accepted;
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
    ::SetServiceStatus(handle_, &status_);
}

void service_status::tell(control asked) {
    std::lock_guard const lock(mutex_);
    if (told_) {
        told_(asked);
    } else {
        untold_stop_ = untold_stop_ || asked == control::stop;
    }
}

DWORD WINAPI service_status::hear(DWORD code, DWORD /*type*/, void* /*data*/, void* self) {
    auto& own = *static_cast<service_status*>(self);
    switch (code) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
    case SERVICE_CONTROL_PRESHUTDOWN:
        own.stopping();
        own.tell(control::stop);
        return NO_ERROR;
    case SERVICE_CONTROL_PARAMCHANGE: own.tell(control::reload); return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE: return NO_ERROR;
    default: return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

} // namespace pmpd::windows_service
