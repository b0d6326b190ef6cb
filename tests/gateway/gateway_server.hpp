// SPDX-License-Identifier: MIT
#pragma once

#include "gateway/igd_server.hpp"
#include "gateway/options.hpp"
#include "support/gateway_simulator.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace pmp_gateway {

/// A gateway simulator on real sockets. Everything happens on one thread.
class gateway_server {
public:
    /// Throws `boost::system::system_error` where its address or port can't be had, another
    /// `std::runtime_error` where a port of UPnP can't.
    gateway_server(boost::asio::io_context&, options const&);

    /// Announces itself, and serves as long as the context runs.
    void start();

    pmp::time_point now() const;
    pmp::test::gateway_simulator& simulator() { return simulator_; }
    /// To be called after each use of `simulator()`: sends what it has to say. Throws
    /// `std::runtime_error` where a port of UPnP can't be had.
    void flush();
    /// A line with the seconds since the start, on standard output.
    void print(std::string const& line) const;

private:
    using udp = boost::asio::ip::udp;

    static udp::socket open(boost::asio::io_context&, udp::endpoint const&);
    void serve_upnp();
    void receive();
    void send(pmp::test::packet const&);
    udp::socket& socket_for(pmp::endpoint const& source);
    void notify(pmp::test::igd_notify);
    void sleep();

    boost::asio::io_context& context_;
    pmp::endpoint address_;
    pmp::time_point start_;
    pmp::test::gateway_simulator simulator_;
    udp::socket socket_;
    igd_server upnp_;
    /// For vices that answer from elsewhere.
    std::map<pmp::endpoint, udp::socket> other_sockets_;
    boost::asio::steady_timer timer_;
    // RFC 6887 7: larger than any message, so that one that is too long is seen to be.
    std::array<std::byte, 2048> buffer_{};
    udp::endpoint sender_;
};

} // namespace pmp_gateway
