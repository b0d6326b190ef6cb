// SPDX-License-Identifier: MIT
#include "net/socket_gateway.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/multicast.hpp>

#include <chrono>
#include <span>

namespace pmp::test {

using boost::asio::ip::udp;

namespace {

constexpr std::uint64_t seed = 1;

udp::socket open(boost::asio::io_context& io, endpoint const& at) {
    udp::socket socket{io, udp::endpoint{at.address, at.port}};
    socket.set_option(boost::asio::ip::multicast::outbound_interface{at.address.to_v4()});
    return socket;
}

} // namespace

socket_gateway::socket_gateway(boost::asio::io_context& io, gateway_options const& options)
    : io_(io)
    , address_{options.address, gateway_port}
    , simulator_(options, seed, boot_clock::now())
    , socket_(open(io, address_))
    , timer_(io) {
    receive();
}

void socket_gateway::receive() {
    socket_.async_receive_from(
        boost::asio::buffer(buffer_),
        sender_,
        [this](boost::system::error_code error, std::size_t size) {
            if (!socket_.is_open() || error == boost::asio::error::operation_aborted) {
                return;
            }
            ++heard_;
            auto const bytes = std::span{buffer_}.first(size);
            packet const request{
                {sender_.address(), sender_.port()}, address_, {bytes.begin(), bytes.end()}};
            simulator_.receive(request, boot_clock::now());
            flush();
            receive();
        }
    );
}

void socket_gateway::flush() {
    while (auto const answer = simulator_.poll()) {
        send(*answer);
    }
    sleep();
}

void socket_gateway::send(packet const& answer) {
    boost::system::error_code ignored;
    udp::endpoint const to{answer.destination.address, answer.destination.port};
    if (answer.source == address_) {
        socket_.send_to(boost::asio::buffer(answer.bytes), to, 0, ignored);
    } else {
        open(io_, answer.source).send_to(boost::asio::buffer(answer.bytes), to, 0, ignored);
    }
}

void socket_gateway::sleep() {
    auto const next = simulator_.wake_at();
    if (next == time_point::max()) {
        timer_.cancel();
        return;
    }
    timer_.expires_after(next - boot_clock::now());
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) {
            simulator_.tick(boot_clock::now());
            flush();
        }
    });
}

void socket_gateway::close() {
    timer_.cancel();
    socket_.close();
}

} // namespace pmp::test
