// SPDX-License-Identifier: MIT
#pragma once

#include "engine/errand.hpp"
#include "net/http_exchange.hpp"
#include "net/packet_view.hpp"
#include "net/search_socket.hpp"
#include "net/udp_link.hpp"

#include <pmp/clock.hpp>
#include <pmp/error.hpp>
#include <pmp/network.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <set>
#include <string>

namespace pmp::net {

/// Where UPnP devices are searched for.
enum class search_range : std::uint8_t {
    /// The gateway alone is asked.
    gateway,
    /// Everybody around it is.
    network,
};

/// Performs one errand at one gateway, with one timer, and no socket before something is to be sent
/// by it. Its deadline is seconds away, so it need not notice that the machine has slept.
class one_shot : public std::enable_shared_from_this<one_shot> {
public:
    one_shot(boost::asio::any_io_executor const&, gateway_view, search_range, std::shared_ptr<udp_link>, std::shared_ptr<errand>);

    /// What it is to be told of each packet; to be said before it begins.
    void show_to(packet_handler handler) { packet_handler_ = std::move(handler); }
    /// The errand's outcome; `operation_aborted` where it was cancelled. At the deadline: why
    /// nothing could be sent, or `fault::gateway_silent`. What has to be sent has been sent then;
    /// where that takes a conversation (UPnP), no later than two seconds after.
    static boost::asio::awaitable<error_code>
    perform(std::shared_ptr<one_shot>, time_point deadline);
    /// It completes soon after, never from inside of this call. A second time, it does not wait for
    /// the gateway either.
    void cancel();
    /// Where it ends well, its link is left open.
    void leave_link() { leaves_link_ = true; }
    std::shared_ptr<udp_link> const& link() const { return link_; }

    gateway_view const& gateway() const { return gateway_; }
    /// By which the gateway was reached; empty where the system does not tell.
    std::string interface() const;

private:
    static boost::asio::awaitable<void>
        hear(std::shared_ptr<one_shot>, std::shared_ptr<datagram_socket>);
    static boost::asio::awaitable<void>
        exchange(std::shared_ptr<one_shot>, std::shared_ptr<http_exchange>, fetch);
    static boost::asio::awaitable<void> part(std::shared_ptr<one_shot>);
    static boost::asio::awaitable<bool> wait(std::shared_ptr<one_shot>, time_point until);
    void take_arrivals(datagram_socket&);
    void drain();
    template <class Outbound>
    void show(Outbound const&, datagram_socket const& by) const;
    void perform(outbound_datagram const&);
    void perform(outbound_search const&);
    void perform(fetch);
    bool has_ended(time_point deadline);
    void close();

    gateway_view gateway_;
    search_range range_;
    std::shared_ptr<udp_link> link_;
    /// Null until there is something to search for.
    std::shared_ptr<search_socket> search_;
    std::set<std::shared_ptr<http_exchange>> exchanges_;
    std::shared_ptr<errand> errand_;
    boost::asio::steady_timer timer_;
    bool cancelled_ = false;
    bool hurried_ = false;
    bool leaves_link_ = false;
    bool closed_ = false;
    packet_handler packet_handler_;
    error_code outcome_;
    /// Why the last datagram could not be sent, or nothing be heard.
    error_code trouble_;
    unsigned heard_on_ = 0;
};

} // namespace pmp::net
