// SPDX-License-Identifier: MIT
#include "net/datagram_socket.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

/// Somebody may send faster than they are dropped.
constexpr int most_discarded = 64;

} // namespace

datagram_socket::datagram_socket(asio::any_io_executor const& executor) : socket_(executor) {}

bool datagram_socket::is_open() const {
    return socket_.is_open();
}

void datagram_socket::close() {
    error_code ignored;
    socket_.close(ignored);
}

void datagram_socket::rest() {
    error_code ignored;
    socket_.cancel(ignored);
}

asio::awaitable<error_code> datagram_socket::readable() {
    if (!socket_.is_open()) {
        co_return asio::error::operation_aborted;
    }
    error_code error;
    co_await socket_.async_wait(
        udp::socket::wait_read, asio::redirect_error(asio::use_awaitable, error)
    );
    co_return error;
}

void datagram_socket::discard(std::span<std::byte> buffer) {
    for (int i = 0; i < most_discarded && receive(buffer).error() != asio::error::would_block;) {
        ++i;
    }
}

error_code datagram_socket::bind(ip_address const& address, std::uint16_t port) {
    error_code error;
    socket_.bind(udp::endpoint{address, port}, error);
    auto const bound = error ? udp::endpoint() : socket_.local_endpoint(error);
    bound_ = {bound.address(), bound.port()};
    return error;
}

} // namespace pmp::net
