// SPDX-License-Identifier: MIT
#include "systemd/systemd_host.hpp"

#include <boost/system/error_code.hpp>

#include <utility>

namespace pmpd::systemd {

systemd_host::systemd_host(
    boost::asio::any_io_executor const& executor,
    std::string notify_socket,
    std::optional<std::chrono::microseconds> watchdog
)
    : foreground(executor)
    , notifier_(std::move(notify_socket))
    , watchdog_(watchdog)
    , timer_(executor) {
    if (watchdog_) {
        feed_watchdog();
    }
}

void systemd_host::ready() {
    notifier_.tell("READY=1");
}

void systemd_host::reloading() {
    notifier_.tell(reloading_now());
}

void systemd_host::stopping() {
    timer_.cancel();
    watchdog_.reset();
    notifier_.tell("STOPPING=1");
}

void systemd_host::status(std::string_view text) {
    if (text != status_) {
        status_ = text;
        notifier_.tell(status_of(text));
    }
}

void systemd_host::feed_watchdog() {
    notifier_.tell("WATCHDOG=1");
    timer_.expires_after(*watchdog_);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error.failed() && watchdog_) {
            feed_watchdog();
        }
    });
}

} // namespace pmpd::systemd
