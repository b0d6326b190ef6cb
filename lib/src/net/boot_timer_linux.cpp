// SPDX-License-Identifier: MIT
#include "net/boot_timer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;

class boot_timer::state {
public:
    explicit state(asio::any_io_executor const& executor) : descriptor_(executor) {
        auto const made = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        if (made < 0) {
            throw boost::system::system_error(
                errno, boost::system::system_category(), "timerfd_create"
            );
        }
        descriptor_.assign(made);
    }

    void expires_at(time_point moment) {
        if (moment == moment_) {
            return;
        }
        moment_ = moment;
        itimerspec when{};
        if (moment != time_point::max()) {
            when.it_value = to_timespec(moment);
        }
        ::timerfd_settime(descriptor_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
    }

    static asio::awaitable<error_code> wait(std::shared_ptr<state> self) {
        while (self->descriptor_.is_open()) {
            error_code error;
            co_await self->descriptor_.async_wait(
                asio::posix::stream_descriptor::wait_read,
                asio::redirect_error(asio::use_awaitable, error)
            );
            // A moment that was moved on after it had come is not readable any more.
            if (error || self->take_expiry()) {
                co_return error;
            }
        }
        co_return asio::error::operation_aborted;
    }

    void close() {
        error_code ignored;
        descriptor_.close(ignored);
    }

private:
    /// All zeros would disarm the timer, so a moment at or before the boot is just after it.
    static timespec to_timespec(time_point moment) {
        auto const since_boot = std::max(moment.time_since_epoch(), boot_clock::duration{1});
        auto const whole = std::chrono::floor<std::chrono::seconds>(since_boot);
        timespec result{};
        result.tv_sec = whole.count();
        result.tv_nsec = (since_boot - whole).count();
        return result;
    }

    bool take_expiry() {
        std::uint64_t expirations = 0;
        if (::read(descriptor_.native_handle(), &expirations, sizeof expirations) < 0) {
            return false;
        }
        moment_ = time_point::max();
        return true;
    }

    asio::posix::stream_descriptor descriptor_;
    /// What the timer is armed for.
    time_point moment_ = time_point::max();
};

boot_timer::boot_timer(asio::any_io_executor const& executor)
    : state_(std::make_shared<state>(executor)) {}

boot_timer::~boot_timer() {
    close();
}

void boot_timer::expires_at(time_point moment) {
    state_->expires_at(moment);
}

asio::awaitable<error_code> boot_timer::wait() {
    return state::wait(state_);
}

void boot_timer::close() {
    state_->close();
}

} // namespace pmp::net
