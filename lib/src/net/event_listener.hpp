// SPDX-License-Identifier: MIT
#pragma once

#include "net/udp_link.hpp"
#include "wire/http_message.hpp"

#include <pmp/network.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace pmp::net {

/// Hears what one gateway notifies of (UDA 4): at the address towards it alone, from its own
/// address alone, a few small requests at a time. The port is random, and so is the path.
class event_listener : public std::enable_shared_from_this<event_listener> {
public:
    /// Returns the HTTP status to answer with.
    using handler = std::function<unsigned(inbound_notify)>;

    event_listener(boost::asio::any_io_executor const&, link_ends, handler);

    /// Errors: the system's.
    static result<std::shared_ptr<event_listener>>
    open(boost::asio::any_io_executor const&, link_ends, handler);
    /// Until it is closed.
    static boost::asio::awaitable<void> serve(std::shared_ptr<event_listener>);

    link_ends const& ends() const { return ends_; }
    bool is_open() const { return acceptor_.is_open(); }
    /// Where the gateway can reach it.
    std::string const& callback_url() const { return callback_url_; }
    void close();

private:
    using stream = boost::beast::tcp_stream;

    error_code bind();
    void receive(boost::asio::ip::tcp::socket);
    static boost::asio::awaitable<void>
        converse(std::shared_ptr<event_listener>, std::shared_ptr<stream>);
    wire::http::response answer(wire::http::request);

    link_ends ends_;
    handler handler_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::string path_;
    std::string callback_url_;
    std::set<std::shared_ptr<stream>> streams_;
};

} // namespace pmp::net
