// SPDX-License-Identifier: MIT
#pragma once

#include "net/running.hpp"
#include "net/udp_link.hpp"

#include <pmp/network.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pmp::test {

inline ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

inline std::vector<std::byte> bytes(std::string_view text) {
    auto const octets = std::as_bytes(std::span{text});
    return {octets.begin(), octets.end()};
}

/// A gateway that is on this host: a socket at `address`, and what it hears.
class far_end {
public:
    far_end(boost::asio::io_context& io, char const* at, std::uint16_t port = 0)
        : socket_(io, boost::asio::ip::udp::endpoint{address(at), port}) {
        socket_.non_blocking(true);
    }

    endpoint at() const {
        return {socket_.local_endpoint().address(), socket_.local_endpoint().port()};
    }

    void send(endpoint const& to, std::vector<std::byte> const& octets) {
        socket_.send_to(
            boost::asio::buffer(octets), boost::asio::ip::udp::endpoint{to.address, to.port}
        );
    }

    /// Who has sent something, if anybody has.
    std::optional<endpoint> sender() {
        std::array<std::byte, 64> buffer{};
        boost::asio::ip::udp::endpoint from;
        error_code error;
        socket_.receive_from(boost::asio::buffer(buffer), from, 0, error);
        return error ? std::nullopt : std::optional{endpoint{from.address(), from.port()}};
    }

    boost::asio::awaitable<error_code> readable() {
        error_code error;
        co_await socket_.async_wait(
            boost::asio::ip::udp::socket::wait_read,
            boost::asio::redirect_error(boost::asio::use_awaitable, error)
        );
        co_return error;
    }

private:
    boost::asio::ip::udp::socket socket_;
};

struct loopback {
    std::shared_ptr<net::udp_link>
    open(char const* gateway = "127.0.0.5", char const* internal = "127.0.0.9") {
        return net::udp_link::open(io.get_executor(), {address(gateway), address(internal), "", 0})
            .value();
    }

    result<net::arrival> hear(net::udp_link& link) {
        finish(io, link.readable());
        return link.receive(buffer);
    }

    boost::asio::io_context io;
    std::vector<std::byte> buffer = std::vector<std::byte>(net::receive_buffer_size);
};

} // namespace pmp::test
