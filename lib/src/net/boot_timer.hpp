// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>
#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace pmp::net {

/// Waits for a moment of `boot_clock`: one that passes while the machine is suspended is noticed
/// when it resumes.
class boot_timer {
public:
    /// Throws `boost::system::system_error` where the system has no timer left.
    explicit boot_timer(boost::asio::any_io_executor const&);
    ~boot_timer();
    boot_timer(boot_timer const&) = delete;
    boot_timer& operator=(boot_timer const&) = delete;

    /// Moves the moment, also that of a wait which has begun. `time_point::max()`: never.
    void expires_at(time_point);

    /// Completes once for each moment that has come, with `operation_aborted` after `close()`.
    /// One wait at a time.
    boost::asio::awaitable<error_code> wait();

    void close();

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace pmp::net
