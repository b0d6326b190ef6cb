// SPDX-License-Identifier: MIT
#include "net/event_listener.hpp"

#include "engine/ledger.hpp"
#include "net/interface_binding.hpp"
#include "wire/http_url.hpp"

#include <pmp/entropy.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
namespace http = wire::http;
using asio::ip::tcp;

namespace {

constexpr std::size_t most_connections = 4;
constexpr int most_waiting = 16;
constexpr http::limits request_limits{8192, 65536};
constexpr std::chrono::seconds connection_timeout{10};
/// After a connection that could not be had, for want of descriptors.
constexpr std::chrono::seconds failure_pause{1};
/// After one from elsewhere: nobody keeps this host busy by knocking.
constexpr std::chrono::milliseconds stranger_pause{50};

constexpr unsigned bad_request = 400;
constexpr unsigned not_found = 404;
constexpr unsigned method_not_allowed = 405;

std::string random_path() {
    constexpr auto const* digits = "0123456789abcdef";
    std::string out = "/";
    for (auto const octet : make_secret()) {
        auto const value = std::to_integer<unsigned>(octet);
        out += digits[value >> 4U];
        out += digits[value & 15U];
    }
    return out;
}

} // namespace

event_listener::event_listener(asio::any_io_executor const& executor, link_ends ends, handler hear)
    : ends_(std::move(ends))
    , handler_(std::move(hear))
    , acceptor_(executor)
    , pause_(executor)
    , path_(random_path()) {}

result<std::shared_ptr<event_listener>>
event_listener::open(asio::any_io_executor const& executor, link_ends ends, handler hear) {
    auto listener = std::make_shared<event_listener>(executor, std::move(ends), std::move(hear));
    if (auto const error = listener->bind()) {
        return error;
    }
    return listener;
}

error_code event_listener::bind() {
    tcp::endpoint const local{ends_.internal, 0};
    error_code error;
    acceptor_.open(local.protocol(), error);
    if (!error && !ends_.interface.empty()) {
        error =
            keep_to_interface(acceptor_.native_handle(), family_of(ends_.internal), ends_.interface);
    }
    if (!error) {
        acceptor_.bind(local, error);
    }
    if (!error) {
        acceptor_.listen(most_waiting, error);
    }
    if (!error) {
        auto const port = acceptor_.local_endpoint(error).port();
        callback_url_ = to_string(wire::http_url{{ends_.internal, port}, path_});
    }
    return error;
}

void event_listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (auto const& open : streams_) {
        open->close();
    }
}

asio::awaitable<void> event_listener::serve(std::shared_ptr<event_listener> self) {
    while (self->is_open()) {
        error_code error;
        tcp::socket socket(self->acceptor_.get_executor());
        tcp::endpoint from;
        co_await self->acceptor_.async_accept(
            socket, from, asio::redirect_error(asio::use_awaitable, error)
        );
        if (!self->is_open()) {
            co_return;
        }
        if (!error && from.address() == self->ends_.gateway &&
            self->streams_.size() < most_connections) {
            self->receive(std::move(socket));
            continue;
        }
        socket.close(error);
        self->pause_.expires_after(error ? failure_pause : stranger_pause);
        co_await self->pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void event_listener::receive(tcp::socket socket) {
    auto const open = std::make_shared<stream>(std::move(socket));
    streams_.insert(open);
    asio::co_spawn(acceptor_.get_executor(), converse(shared_from_this(), open), asio::detached);
}

asio::awaitable<void>
event_listener::converse(std::shared_ptr<event_listener> self, std::shared_ptr<stream> client) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    // One deadline for all of it: who drips cannot hold the connection open.
    client->expires_after(connection_timeout);
    http::request_reader reader(request_limits);
    std::array<std::byte, 2048> piece{};
    auto const into = asio::buffer(piece);
    error_code refused;
    while (!error && !refused && !reader.done()) {
        auto const size = co_await client->async_read_some(into, token);
        refused = error ? error_code{} : reader.put(std::span(piece).first(size));
    }
    if (!error) {
        auto const response =
            refused ? http::response{bad_request, {}, {}} : self->answer(reader.take());
        auto const text = encode(response);
        auto const octets = asio::buffer(text);
        co_await asio::async_write(*client, octets, token);
    }
    client->close();
    self->streams_.erase(client);
}

http::response event_listener::answer(http::request request) {
    if (request.target != path_) {
        return {not_found, {}, {}};
    }
    if (request.method != "NOTIFY") {
        return {method_not_allowed, {}, {}};
    }
    inbound_notify in;
    in.source = ends_.gateway;
    for (auto& [name, value] : request.fields) {
        in.fields.push_back({std::move(name), std::move(value)});
    }
    in.body = std::move(request.body);
    return {handler_(std::move(in)), {}, {}};
}

} // namespace pmp::net
