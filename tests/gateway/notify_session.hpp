// SPDX-License-Identifier: MIT
#pragma once

#include "support/stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace pmp_gateway {

/// A NOTIFY to one subscriber, on a connection of its own.
class notify_session : public std::enable_shared_from_this<notify_session> {
public:
    /// The HTTP status of its answer; 0: there was none.
    using finished = std::function<void(unsigned status)>;

    notify_session(boost::asio::io_context&, pmp::test::stream_request, finished);

    void start();

private:
    void write();
    void finish();

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer deadline_;
    pmp::test::stream_request request_;
    finished finished_;
    std::string response_;
};

} // namespace pmp_gateway
