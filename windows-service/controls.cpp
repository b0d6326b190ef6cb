// SPDX-License-Identifier: MIT
#include "windows-service/controls.hpp"

namespace pmpd::windows_service {

std::optional<control> asked_by(DWORD code, DWORD event) {
    switch (code) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
    case SERVICE_CONTROL_PRESHUTDOWN: return control::stop;
    case SERVICE_CONTROL_PARAMCHANGE: return control::reload;
    case SERVICE_CONTROL_POWEREVENT:
        // Each waking is told by it; another event follows where somebody has woken the machine.
        return event == PBT_APMRESUMEAUTOMATIC ? std::optional(control::look_again) : std::nullopt;
    default: return std::nullopt;
    }
}

bool is_known(DWORD code) {
    return code == SERVICE_CONTROL_INTERROGATE || code == SERVICE_CONTROL_POWEREVENT ||
           asked_by(code, 0).has_value();
}

} // namespace pmpd::windows_service
