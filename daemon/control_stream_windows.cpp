// SPDX-License-Identifier: MIT
#include "daemon/control_stream_windows.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pmpd {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

} // namespace

void control_stream::state::write_rest() {
    pipe.async_write_some(
        asio::buffer(under_way) + written,
        [self = shared_from_this()](pmp::error_code error, std::size_t count) {
            self->written += count;
            if (!error.failed() && self->written < self->under_way.size()) {
                self->write_rest();
                return;
            }
            self->failure = error;
            self->under_way.clear();
            if (self->then) {
                std::exchange(self->then, nullptr)(error);
            }
        }
    );
}

control_stream::control_stream(std::shared_ptr<state> made) : state_(std::move(made)) {}
control_stream::~control_stream() = default;
control_stream::control_stream(control_stream&&) noexcept = default;
control_stream& control_stream::operator=(control_stream&&) noexcept = default;

asio::any_io_executor control_stream::executor() const {
    return state_->pipe.get_executor();
}

bool control_stream::is_open() const {
    return state_->pipe.is_open();
}

void control_stream::close() {
    pmp::error_code ignored;
    state_->pipe.close(ignored);
}

asio::awaitable<pmp::result<std::size_t>>
control_stream::read_line(std::string& text, std::size_t longest) {
    auto const self = state_;
    auto buffer = asio::dynamic_buffer(text, longest);
    auto const [error, size] = co_await asio::async_read_until(self->pipe, buffer, '\n', as_result);
    co_return error.failed() ? pmp::result<std::size_t>(error) : pmp::result<std::size_t>(size);
}

pmp::result<std::size_t> control_stream::write(std::string_view text) {
    if (state_->failure.failed()) {
        return state_->failure;
    }
    if (!state_->under_way.empty()) {
        return pmp::error_code(asio::error::would_block);
    }
    state_->under_way = text;
    state_->written = 0;
    state_->write_rest();
    return text.size();
}

void control_stream::when_writable(std::function<void(pmp::error_code)> then) {
    if (state_->under_way.empty()) {
        asio::post(state_->pipe.get_executor(), [then = std::move(then), self = state_] {
            then(self->failure);
        });
        return;
    }
    state_->then = std::move(then);
}

asio::awaitable<void> control_stream::until_gone() {
    // A pipe has no half that could stay open.
    co_return;
}

} // namespace pmpd
