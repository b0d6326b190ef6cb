// SPDX-License-Identifier: MIT
#include "cli/signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>

namespace pmp::cli {

namespace {

namespace asio = boost::asio;

/// No signal of the system's.
constexpr int of_child = 0;
constexpr std::chrono::milliseconds look_interval{50};

} // namespace

class signals::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor const& executor, handler tell)
        : set_(executor, SIGINT, SIGTERM, SIGBREAK), timer_(executor), tell_(std::move(tell)) {}

    void wait() {
        set_.async_wait([self = shared_from_this()](boost::system::error_code error, int number) {
            if (error || !self->tell_) {
                return;
            }
            // Those of the console reach all of its programs.
            self->tell_({number, number != SIGTERM});
            if (self->tell_) {
                self->wait();
            }
        });
    }

    /// Nothing says that a child has ended, so it may have done so at any time.
    void look_for_child() {
        timer_.expires_after(look_interval);
        timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (error || !self->tell_) {
                return;
            }
            self->tell_({of_child, false});
            if (self->tell_) {
                self->look_for_child();
            }
        });
    }

    void close() {
        tell_ = nullptr;
        boost::system::error_code ignored;
        set_.cancel(ignored);
        timer_.cancel();
    }

private:
    asio::signal_set set_;
    asio::steady_timer timer_;
    handler tell_;
};

signals::signals(asio::any_io_executor const& executor, handler tell)
    : state_(std::make_shared<state>(executor, std::move(tell))) {
    state_->wait();
}

void signals::hear_for_child() {
    state_->look_for_child();
}

signals::~signals() {
    state_->close();
}

bool stops(heard_signal /*heard*/) {
    return false;
}

bool asks_to_end(heard_signal heard) {
    return !is_of_child(heard);
}

void stop_this_process() {}

bool is_of_child(heard_signal heard) {
    return heard.number == of_child;
}

} // namespace pmp::cli
