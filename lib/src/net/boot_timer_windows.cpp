// SPDX-License-Identifier: MIT
#include "net/boot_timer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace pmp::net {

namespace asio = boost::asio;

namespace {

/// The timers of Windows stand still while the machine sleeps: after it resumes, a moment that has
/// passed is noticed within this time.
constexpr std::chrono::seconds longest_sleep{5};
/// Of the clock.
constexpr std::chrono::milliseconds resolution{1};

} // namespace

class boot_timer::state {
public:
    explicit state(asio::any_io_executor const& executor) : timer_(executor) {}

    void expires_at(time_point moment) {
        if (moment != moment_) {
            moment_ = moment;
            timer_.cancel();
        }
    }

    static asio::awaitable<error_code> wait(std::shared_ptr<state> self) {
        auto const cancelled = co_await asio::this_coro::cancellation_state;
        while (self->open_ && cancelled.cancelled() == asio::cancellation_type::none) {
            auto const now = boot_clock::now();
            if (self->moment_ <= now) {
                self->moment_ = time_point::max();
                co_return error_code{};
            }
            self->sleep(now);
            // Cancelled where the moment was moved.
            error_code ignored;
            co_await self->timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        co_return asio::error::operation_aborted;
    }

    void close() {
        open_ = false;
        timer_.cancel();
    }

private:
    void sleep(time_point now) {
        if (moment_ == time_point::max()) {
            timer_.expires_at(asio::steady_timer::time_point::max());
            return;
        }
        boot_clock::duration const shortest = resolution;
        boot_clock::duration const longest = longest_sleep;
        timer_.expires_after(std::clamp(moment_ - now, shortest, longest));
    }

    asio::steady_timer timer_;
    /// What the timer is armed for.
    time_point moment_ = time_point::max();
    bool open_ = true;
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
