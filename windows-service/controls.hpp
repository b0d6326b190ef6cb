// SPDX-License-Identifier: MIT
#pragma once

#include <windows.h>

#include <optional>

namespace pmpd::windows_service {

/// What the service control manager asks for.
enum class control { stop, reload, look_again };

/// What it is told that a service which runs wants to hear of.
inline constexpr DWORD accepted_controls = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN |
                                           SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE |
                                           SERVICE_ACCEPT_POWEREVENT;

/// What a control asks for, `event` being the kind of a power event; none: nothing to do.
std::optional<control> asked_by(DWORD code, DWORD event);
/// Whether it is one that this service answers.
bool is_known(DWORD code);

} // namespace pmpd::windows_service
