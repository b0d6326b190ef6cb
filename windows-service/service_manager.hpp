// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <windows.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pmpd::windows_service {

/// pmpd's entry with the service control manager. Errors: the system's.
class service_manager {
public:
    /// `with`: what is to be done to the service, as its access rights.
    static pmp::result<service_manager> open(DWORD with);
    /// Starts with the system, in an account that may do little, and again after failures.
    /// `untaken`: which of its settings the system did not take.
    static pmp::result<service_manager>
    install(std::filesystem::path const& program, std::vector<std::string>& untaken);

    service_manager(service_manager&&) noexcept;
    service_manager& operator=(service_manager&&) noexcept;
    ~service_manager();

    pmp::error_code start();
    pmp::error_code control(DWORD code);
    pmp::error_code remove();
    pmp::result<SERVICE_STATUS_PROCESS> status() const;
    /// Waits while the service is in this state; `timed_out` where that lasts.
    pmp::result<SERVICE_STATUS_PROCESS> wait_while(DWORD state) const;

private:
    explicit service_manager(SC_HANDLE service) : service_(service) {}

    SC_HANDLE service_ = nullptr;
};

} // namespace pmpd::windows_service
