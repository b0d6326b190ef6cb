// SPDX-License-Identifier: MIT
#include "gateway/notify_session.hpp"

#include "wire/http_message.hpp"
#include "wire/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace pmp_gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds longest_notify{30};

} // namespace

notify_session::notify_session(
    asio::io_context& context, pmp::test::stream_request request, finished done
)
    : socket_(context)
    , deadline_(context)
    , request_(std::move(request))
    , finished_(std::move(done)) {}

void notify_session::start() {
    deadline_.expires_after(longest_notify);
    deadline_.async_wait([self = shared_from_this()](error_code error) {
        error_code ignored;
        error ? ignored : self->socket_.close(ignored);
    });
    tcp::endpoint const to{request_.server.address, request_.server.port};
    error_code error;
    socket_.open(to.protocol(), error);
    if (!error) {
        // Subscribers hear the gateway alone.
        socket_.bind({request_.client.address, 0}, error);
    }
    socket_.async_connect(to, [self = shared_from_this()](error_code failure) {
        failure ? self->finish() : self->write();
    });
}

void notify_session::write() {
    asio::async_write(
        socket_,
        asio::buffer(request_.bytes),
        [self = shared_from_this()](error_code, std::size_t) {
            asio::async_read(
                self->socket_,
                asio::dynamic_buffer(self->response_, 4096),
                [self](error_code, std::size_t) { self->finish(); }
            );
        }
    );
}

void notify_session::finish() {
    deadline_.cancel();
    auto const response = pmp::wire::http::decode_response(pmp::wire::bytes_of(response_));
    finished_(response ? response->status : 0);
}

} // namespace pmp_gateway
