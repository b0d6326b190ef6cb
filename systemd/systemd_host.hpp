// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/foreground.hpp"
#include "systemd/notify.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pmpd::systemd {

/// A service of `Type=notify`: asked by signals, as in the foreground, and telling systemd how it
/// fares. Where a watchdog is set it is fed from the event loop, so that one which no longer turns
/// is noticed.
class systemd_host : public foreground {
public:
    /// `notify_socket`: see `notifier`. `watchdog`: how often to feed it; empty: there is none.
    systemd_host(
        boost::asio::any_io_executor const&,
        std::string notify_socket,
        std::optional<std::chrono::microseconds> watchdog
    );

    void ready() override;
    void reloading() override;
    void stopping() override;
    void status(std::string_view text) override;

private:
    void feed_watchdog();

    notifier notifier_;
    std::optional<std::chrono::microseconds> watchdog_;
    boost::asio::steady_timer timer_;
    std::string status_;
};

} // namespace pmpd::systemd
