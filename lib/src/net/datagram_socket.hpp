// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/udp.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace pmp::net {

/// What any datagram fits into, so that none is cut (RFC 6887 8.3 wants to see those over 1100).
inline constexpr std::size_t receive_buffer_size = 65536;

/// A datagram that a socket received. The bytes are in the buffer that was given for them.
struct arrival {
    endpoint source;
    endpoint destination;
    /// 0: not known.
    unsigned interface_index = 0;
    std::span<std::byte const> bytes;
};

/// A UDP socket that knows where each datagram was sent to. Programs that are started do not
/// inherit it. Nothing here blocks.
class datagram_socket {
public:
    explicit datagram_socket(boost::asio::any_io_executor const&);

    bool is_open() const;
    /// Where it is bound to.
    endpoint const& local() const { return bound_; }
    void close();
    /// Nobody waits for it to be readable any more.
    void rest();

    /// Completes when there may be something to `receive`, with `operation_aborted` once it is
    /// closed or has to rest. Whoever waits keeps the socket alive.
    boost::asio::awaitable<error_code> readable();

    /// The next datagram that is there. Errors: `would_block` where there is none; others tell of
    /// datagrams sent before.
    result<arrival> receive(std::span<std::byte> buffer);
    /// Drops what is there, as far as that ends.
    void discard(std::span<std::byte> buffer);

protected:
    error_code open(boost::asio::ip::udp family);
    error_code bind(ip_address const&, std::uint16_t port);
    boost::asio::ip::udp::socket& socket() { return socket_; }

private:
    boost::asio::ip::udp::socket socket_;
    endpoint bound_;
};

} // namespace pmp::net
