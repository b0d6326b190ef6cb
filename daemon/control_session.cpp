// SPDX-License-Identifier: MIT
#include "daemon/control_session.hpp"

#include <pmp/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pmpd {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

} // namespace

control_session::control_session(
    control_stream stream, control_commands const& commands, control_limits const& limits
)
    : stream_(std::move(stream))
    , commands_(commands)
    , limits_(limits)
    , stalled_(stream_.executor())
    , all_read_(stream_.executor()) {}

void control_session::start() {
    asio::co_spawn(stream_.executor(), serve(shared_from_this()), asio::detached);
}

void control_session::close() {
    stream_.close();
    output_.clear();
    stalled_.cancel();
    all_read_.cancel();
}

asio::awaitable<void> control_session::serve(std::shared_ptr<control_session> self) {
    auto then = control_answer::next::more;
    while (then != control_answer::next::close) {
        auto const line =
            co_await self->stream_.read_line(self->input_, self->limits_.longest_line + 1);
        if (line.has_error() && line.error() != asio::error::not_found) {
            break;
        }
        auto const reply =
            line.has_error()
                ? refuse("the line is too long")
                : carry_out(std::string_view(self->input_).substr(0, *line - 1), self->commands_);
        self->input_.erase(0, line.has_error() ? 0 : *line);
        self->heard_at_ = std::chrono::steady_clock::now();
        then = reply.then;
        self->watches_ = self->watches_ || then == control_answer::next::watch;
        self->say({std::make_shared<std::string const>(reply.line), false});
        // One reply at a time: what a client does not read costs it its turn.
        co_await until_read(self);
    }
    if (self->watches_ && then != control_answer::next::close && self->is_open()) {
        co_await self->stream_.until_gone();
    }
    self->close();
}

asio::awaitable<void> control_session::until_read(std::shared_ptr<control_session> self) {
    while (!self->output_.empty() && self->is_open()) {
        self->all_read_.expires_at(asio::steady_timer::time_point::max());
        co_await self->all_read_.async_wait(as_result);
    }
}

std::optional<std::chrono::steady_clock::time_point> control_session::idle_since() const {
    return watches_ || !output_.empty() ? std::nullopt : std::optional(heard_at_);
}

void control_session::tell(shared_line const& line) {
    if (unread_ + line->size() > limits_.most_unread) {
        close();
        return;
    }
    unread_ += line->size();
    say({line, true});
}

void control_session::dismiss(control_answer const& last) {
    say({std::make_shared<std::string const>(last.line), false});
    close();
}

void control_session::say(pending next) {
    if (!is_open()) {
        return;
    }
    output_.push_back(std::move(next));
    if (!waiting_) {
        write();
    }
}

/// As much as the client's buffer takes. Written at once where it can be, so that the last events
/// before the end of the daemon reach those who watch.
void control_session::write() {
    while (!output_.empty()) {
        auto const rest = std::string_view(*output_.front().line).substr(written_);
        auto const count = stream_.write(rest);
        if (count.has_error() && count.error() == asio::error::would_block) {
            wait_for_reader();
            return;
        }
        if (count.has_error()) {
            close();
            return;
        }
        written_ += *count;
        auto const& first = output_.front();
        if (written_ == first.line->size()) {
            unread_ -= first.is_event ? first.line->size() : 0;
            output_.pop_front();
            written_ = 0;
        }
    }
    all_read_.cancel();
}

void control_session::wait_for_reader() {
    waiting_ = true;
    stalled_.expires_after(limits_.patience);
    stalled_.async_wait([self = shared_from_this()](pmp::error_code error) {
        if (!error.failed()) {
            self->close();
        }
    });
    stream_.when_writable([self = shared_from_this()](pmp::error_code error) {
        self->waiting_ = false;
        self->stalled_.cancel();
        if (!error.failed() && self->is_open()) {
            self->write();
        }
    });
}

} // namespace pmpd
