// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace pmp::net {

/// Wakes the one who waits for it; a ring that nobody has waited for is kept. Takes no descriptor.
class bell {
public:
    explicit bell(boost::asio::any_io_executor const& executor) : timer_(executor) {}

    void ring() {
        rung_ = true;
        timer_.cancel();
    }

    /// One wait at a time; whoever waits keeps the bell alive.
    boost::asio::awaitable<void> wait() {
        while (!rung_) {
            timer_.expires_at(boost::asio::steady_timer::time_point::max());
            boost::system::error_code ignored;
            co_await timer_.async_wait(
                boost::asio::redirect_error(boost::asio::use_awaitable, ignored)
            );
        }
        rung_ = false;
    }

private:
    boost::asio::steady_timer timer_;
    bool rung_ = false;
};

} // namespace pmp::net
