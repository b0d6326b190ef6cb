// SPDX-License-Identifier: MIT
#include "gateway/http_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <span>
#include <utility>

namespace pmp_gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using pmp::test::stream_fate;

namespace {

/// However slow a client is, and an answer may be.
constexpr std::chrono::hours longest_connection{24};
constexpr std::chrono::seconds longest_request{30};

} // namespace

http_session::http_session(tcp::socket socket, answer_http answer)
    : socket_(std::move(socket))
    , answer_(std::move(answer))
    , wait_(socket_.get_executor())
    , deadline_(socket_.get_executor()) {}

void http_session::start() {
    deadline_.expires_after(longest_request);
    deadline_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) {
            self->close();
        }
    });
    read();
}

void http_session::read() {
    socket_.async_read_some(
        asio::buffer(piece_),
        [self = shared_from_this()](error_code error, std::size_t octets) {
            error ? self->close() : self->heard(octets);
        }
    );
}

void http_session::heard(std::size_t octets) {
    auto const piece = std::span(piece_).first(octets);
    for (auto const octet : piece) {
        request_ += static_cast<char>(octet);
    }
    if (reader_.put(piece)) {
        close();
    } else if (reader_.done()) {
        answer();
    } else {
        read();
    }
}

void http_session::answer() {
    error_code error;
    auto const client = socket_.remote_endpoint(error);
    auto got = answer_({client.address(), client.port()}, request_);
    deadline_.expires_after(longest_connection);
    if (got.fate == stream_fate::ignored) {
        linger();
    } else if (got.fate != stream_fate::answered) {
        close();
    } else {
        response_ = std::move(got.bytes);
        wait_.expires_after(std::chrono::ceil<std::chrono::milliseconds>(got.after));
        wait_.async_wait([self = shared_from_this()](error_code) { self->write(); });
    }
}

void http_session::write() {
    asio::async_write(
        socket_,
        asio::buffer(response_),
        [self = shared_from_this()](error_code, std::size_t) { self->close(); }
    );
}

/// Says nothing until its client has lost patience.
void http_session::linger() {
    socket_.async_read_some(
        asio::buffer(piece_),
        [self = shared_from_this()](error_code error, std::size_t) {
            error ? self->close() : self->linger();
        }
    );
}

void http_session::close() {
    deadline_.cancel();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

} // namespace pmp_gateway
