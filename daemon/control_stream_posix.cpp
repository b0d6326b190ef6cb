// SPDX-License-Identifier: MIT
#include "daemon/control_stream_posix.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pmpd {

namespace asio = boost::asio;
using protocol = asio::local::stream_protocol;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

} // namespace

control_stream::control_stream(std::shared_ptr<state> made) : state_(std::move(made)) {}
control_stream::~control_stream() = default;
control_stream::control_stream(control_stream&&) noexcept = default;
control_stream& control_stream::operator=(control_stream&&) noexcept = default;

asio::any_io_executor control_stream::executor() const {
    return state_->socket.get_executor();
}

bool control_stream::is_open() const {
    return state_->socket.is_open();
}

void control_stream::close() {
    pmp::error_code ignored;
    state_->socket.close(ignored);
}

asio::awaitable<pmp::result<std::size_t>>
control_stream::read_line(std::string& text, std::size_t longest) {
    auto const self = state_;
    auto buffer = asio::dynamic_buffer(text, longest);
    auto const [error, size] =
        co_await asio::async_read_until(self->socket, buffer, '\n', as_result);
    co_return error.failed() ? pmp::result<std::size_t>(error) : pmp::result<std::size_t>(size);
}

pmp::result<std::size_t> control_stream::write(std::string_view text) {
    pmp::error_code error;
    auto const count = state_->socket.write_some(asio::buffer(text), error);
    if (error == asio::error::try_again) {
        error = asio::error::would_block;
    }
    return error.failed() ? pmp::result<std::size_t>(error) : pmp::result<std::size_t>(count);
}

void control_stream::when_writable(std::function<void(pmp::error_code)> then) {
    state_->socket.async_wait(
        protocol::socket::wait_write,
        [then = std::move(then)](pmp::error_code error) { then(error); }
    );
}

asio::awaitable<void> control_stream::until_gone() {
    auto const self = state_;
    // Nothing more to say is not yet nothing more to hear: `echo ... | nc -U` ends so.
    co_await self->socket.async_wait(protocol::socket::wait_error, as_result);
}

} // namespace pmpd
