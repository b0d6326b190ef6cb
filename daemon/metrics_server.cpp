// SPDX-License-Identifier: MIT
#include "daemon/metrics_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace pmpd {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using request = http::request<http::empty_body>;
using response = http::response<http::string_body>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Until another connection is taken where the system has no descriptor left.
constexpr std::chrono::seconds want_pause{1};

response answer(request const& asked, std::function<std::string()> const& metrics) {
    response out(http::status::ok, asked.version());
    out.keep_alive(false);
    out.set(http::field::content_type, "text/plain; charset=utf-8");
    auto const target = asked.target().substr(0, asked.target().find('?'));
    if (asked.method() != http::verb::get && asked.method() != http::verb::head) {
        out.result(http::status::method_not_allowed);
        out.set(http::field::allow, "GET, HEAD");
        out.body() = "only GET and HEAD are understood\n";
    } else if (target == "/metrics") {
        out.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        out.body() = metrics();
    } else if (target == "/healthz") {
        out.body() = "ok\n";
    } else {
        out.result(http::status::not_found);
        out.body() = "there are /metrics and /healthz\n";
    }
    out.prepare_payload();
    if (asked.method() == http::verb::head) {
        out.body().clear();
    }
    return out;
}

} // namespace

struct metrics_server::state {
    state(asio::any_io_executor e, std::function<std::string()> m, metrics_limits l)
        : executor(std::move(e)), metrics(std::move(m)), limits(l) {}

    asio::any_io_executor executor;
    /// Empty once the server is gone.
    std::function<std::string()> metrics;
    metrics_limits limits;
    std::size_t clients = 0;
};

metrics_server::metrics_server(
    asio::any_io_executor executor, std::function<std::string()> metrics, metrics_limits limits
)
    : state_(std::make_shared<state>(std::move(executor), std::move(metrics), limits)) {}

metrics_server::~metrics_server() {
    close();
    state_->metrics = nullptr;
}

void metrics_server::close() {
    if (acceptor_) {
        pmp::error_code ignored;
        acceptor_->close(ignored);
        acceptor_.reset();
    }
}

pmp::error_code metrics_server::listen(pmp::endpoint const& at) {
    if (acceptor_ && at_ == at) {
        return {};
    }
    tcp::endpoint const where(at.address, at.port);
    auto const made = std::make_shared<acceptor>(state_->executor);
    pmp::error_code error;
    made->open(where.protocol(), error);
    if (!error.failed()) {
        made->set_option(acceptor::reuse_address(true), error);
    }
    if (!error.failed()) {
        made->bind(where, error);
    }
    if (!error.failed()) {
        made->listen(asio::socket_base::max_listen_connections, error);
    }
    if (error.failed()) {
        return error;
    }
    close();
    acceptor_ = made;
    at_ = at;
    asio::co_spawn(state_->executor, accept(state_, made), asio::detached);
    return {};
}

asio::awaitable<void>
metrics_server::accept(std::shared_ptr<state> shared, std::shared_ptr<acceptor> at) {
    asio::steady_timer pause(shared->executor);
    while (at->is_open()) {
        auto [error, socket] = co_await at->async_accept(as_result);
        if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
            co_return;
        }
        if (error.failed()) {
            pause.expires_after(want_pause);
            co_await pause.async_wait(as_result);
        } else if (shared->clients < shared->limits.most_clients) {
            ++shared->clients;
            asio::co_spawn(shared->executor, serve(shared, std::move(socket)), asio::detached);
        }
    }
}

asio::awaitable<void> metrics_server::serve(std::shared_ptr<state> shared, tcp::socket socket) {
    // Also where the answer takes more memory than there is.
    auto const leave = [](state* s) { --s->clients; };
    std::unique_ptr<state, decltype(leave)> const place(shared.get(), leave);
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer(shared->limits.longest_request);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(shared->limits.longest_request));
    stream.expires_after(shared->limits.patience);
    auto const [unread, size] = co_await http::async_read_header(stream, buffer, parser, as_result);
    if (unread.failed() || !shared->metrics) {
        co_return;
    }
    auto const reply = answer(parser.get(), shared->metrics);
    stream.expires_after(shared->limits.patience);
    co_await http::async_write(stream, reply, as_result);
    pmp::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

} // namespace pmpd
