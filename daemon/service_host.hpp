// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

namespace pmpd {

/// What runs the daemon: a terminal, an init system, a service manager. It is told how the daemon
/// fares, and asks it for things from the daemon's own executor.
class service_host {
public:
    service_host() = default;
    virtual ~service_host() = default;
    service_host(service_host const&) = delete;
    service_host& operator=(service_host const&) = delete;

    /// The configuration is in force, at the start and after each reload.
    virtual void ready() = 0;
    virtual void reloading() = 0;
    virtual void stopping() = 0;
    /// How it fares, in a few words.
    virtual void status(std::string_view) = 0;

    /// Set by the daemon before its executor runs. The second stop is one without patience.
    std::function<void()> on_stop;
    std::function<void()> on_reload;
    std::function<void()> on_table;
    /// The machine has slept.
    std::function<void()> on_wake;
};

} // namespace pmpd
