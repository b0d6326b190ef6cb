// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pmpd::systemd {

/// Tells systemd how the service fares, by the datagrams of sd_notify(3). Without a socket nothing
/// is told; nothing that fails here is the service's business.
class notifier {
public:
    /// `address`: the value of `$NOTIFY_SOCKET`: a path, or `@` and an abstract name; empty: none.
    explicit notifier(std::string address);
    ~notifier();
    notifier(notifier const&) = delete;
    notifier& operator=(notifier const&) = delete;

    /// Lines such as `READY=1`, with or without a newline at the end.
    void tell(std::string_view lines) const;

private:
    std::string address_;
    int socket_ = -1;
};

/// `RELOADING=1` with the CLOCK_MONOTONIC time that systemd 253 and later want beside it.
std::string reloading_now();

/// `STATUS=` and the text on one line.
std::string status_of(std::string_view text);

/// Half of `$WATCHDOG_USEC`, where that is set for this process by `$WATCHDOG_PID`: how often
/// `WATCHDOG=1` has to be told. Empty where nobody watches.
std::optional<std::chrono::microseconds>
watchdog_pace(std::string const& watchdog_usec, std::string const& watchdog_pid, std::int64_t pid);

} // namespace pmpd::systemd
