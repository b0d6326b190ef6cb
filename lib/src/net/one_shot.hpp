// SPDX-License-Identifier: MIT
#pragma once

#include "engine/errand.hpp"
#include "net/udp_link.hpp"

#include <pmp/clock.hpp>
#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace pmp::net {

/// Performs one errand at one gateway, with one socket and one timer. Its deadline is seconds
/// away, so it need not notice that the machine has slept.
class one_shot {
public:
    one_shot(boost::asio::any_io_executor const&, gateway_view, std::shared_ptr<udp_link>, std::shared_ptr<errand>);

    /// The errand's outcome; `operation_aborted` where it was cancelled. At the deadline: why
    /// nothing could be sent, or `fault::gateway_silent`. What has to be sent has been sent then.
    static boost::asio::awaitable<error_code>
    perform(std::shared_ptr<one_shot>, time_point deadline);
    /// It completes soon after, never from inside of this call.
    void cancel();

    gateway_view const& gateway() const { return gateway_; }
    /// By which the gateway was reached; empty where the system does not tell.
    std::string interface() const;

private:
    static boost::asio::awaitable<void> hear(std::shared_ptr<one_shot>);
    void take_arrivals();
    void drain();
    bool has_ended(time_point deadline);

    gateway_view gateway_;
    std::shared_ptr<udp_link> link_;
    std::shared_ptr<errand> errand_;
    boost::asio::steady_timer timer_;
    bool cancelled_ = false;
    error_code outcome_;
    /// Why the last datagram could not be sent, or nothing be heard.
    error_code trouble_;
    unsigned heard_on_ = 0;
};

} // namespace pmp::net
