// SPDX-License-Identifier: MIT
#include "daemon/paced.hpp"

#include <utility>

namespace pmpd {

paced::paced(
    boost::asio::any_io_executor const& executor,
    std::chrono::milliseconds pause,
    std::function<void()> action
)
    : timer_(executor), pause_(pause), action_(std::move(action)) {}

void paced::changed() {
    if (resting_) {
        wanted_ = true;
    } else {
        act();
    }
}

void paced::flush() {
    if (std::exchange(wanted_, false)) {
        action_();
    }
}

void paced::act() {
    action_();
    resting_ = true;
    timer_.expires_after(pause_);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error.failed()) {
            return;
        }
        resting_ = false;
        if (std::exchange(wanted_, false)) {
            act();
        }
    });
}

} // namespace pmpd
