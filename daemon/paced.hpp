// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace pmpd {

/// Something that follows each of many changes, but not each at once: the first is followed
/// immediately, those within `pause` after it together at its end.
class paced {
public:
    paced(
        boost::asio::any_io_executor const&,
        std::chrono::milliseconds pause,
        std::function<void()> action
    );

    void changed();
    /// Does what is left to do.
    void flush();

private:
    void act();

    boost::asio::steady_timer timer_;
    std::chrono::milliseconds pause_;
    std::function<void()> action_;
    bool resting_ = false;
    bool wanted_ = false;
};

} // namespace pmpd
