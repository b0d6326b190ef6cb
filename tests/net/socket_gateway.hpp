// SPDX-License-Identifier: MIT
#pragma once

#include "support/gateway_simulator.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>

namespace pmp::test {

/// A simulated gateway on a socket of this host, in the namespace in which it is made.
class socket_gateway {
public:
    socket_gateway(boost::asio::io_context&, gateway_options const&);

    gateway_simulator& simulator() { return simulator_; }
    /// Sends what the simulator has to say; to be called after each use of it.
    void flush();
    /// How many datagrams have reached it.
    std::size_t heard() const { return heard_; }
    /// Neither hears nor answers, and its port is closed.
    void close();

private:
    void receive();
    void send(packet const&);
    void sleep();

    boost::asio::io_context& io_;
    endpoint address_;
    gateway_simulator simulator_;
    boost::asio::ip::udp::socket socket_;
    boost::asio::steady_timer timer_;
    std::size_t heard_ = 0;
    std::array<std::byte, 2048> buffer_{};
    boost::asio::ip::udp::endpoint sender_;
};

} // namespace pmp::test
