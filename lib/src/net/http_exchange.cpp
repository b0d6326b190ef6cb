// SPDX-License-Identifier: MIT
#include "net/http_exchange.hpp"

#include "engine/ledger.hpp"
#include "net/interface_binding.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace pmp::net {

namespace asio = boost::asio;
using asio::ip::tcp;

http_exchange::http_exchange(asio::any_io_executor const& executor) : stream_(executor) {}

void http_exchange::close() {
    closed_ = true;
    stream_.close();
}

error_code http_exchange::open(fetch const& what, std::string const& interface) {
    if (closed_) {
        return asio::error::operation_aborted;
    }
    auto& socket = stream_.socket();
    error_code error;
    socket.open(what.server.address.is_v4() ? tcp::v4() : tcp::v6(), error);
    if (!error && !interface.empty()) {
        error =
            keep_to_interface(socket.native_handle(), family_of(what.server.address), interface);
    }
    // Not where the gateway is another host's address family: the system chooses then.
    if (!error && what.source.is_v4() == what.server.address.is_v4()) {
        socket.bind(tcp::endpoint{what.source, 0}, error);
    }
    return error;
}

asio::awaitable<error_code> http_exchange::
    converse(std::shared_ptr<http_exchange> self, std::shared_ptr<fetch const> what, std::string interface) {
    error_code error = self->open(*what, interface);
    if (error) {
        co_return error;
    }
    auto& stream = self->stream_;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    tcp::endpoint const server{what->server.address, what->server.port};
    stream.expires_after(what->connect_timeout);
    co_await stream.async_connect(server, token);
    if (error) {
        co_return error;
    }
    // One deadline for all that follows: a gateway that drips cannot hold the exchange open.
    stream.expires_after(what->timeout);
    auto const request = asio::buffer(what->request);
    co_await asio::async_write(stream, request, token);
    std::array<std::byte, 4096> piece{};
    auto const into = asio::buffer(piece);
    while (!error && !self->reader_.done()) {
        auto const size = co_await stream.async_read_some(into, token);
        auto const refused = self->reader_.put(std::span(piece).first(size));
        if (refused) {
            co_return refused;
        }
        if (error == asio::error::eof) {
            co_return self->reader_.finish();
        }
    }
    co_return self->reader_.done() ? error_code{} : error;
}

asio::awaitable<fetch_result>
http_exchange::run(std::shared_ptr<http_exchange> self, fetch what, std::string interface) {
    fetch_result out;
    out.gateway = what.gateway;
    out.id = what.id;
    self->reader_ = wire::http::response_reader({16384, what.longest_body});
    auto const shared = std::make_shared<fetch const>(std::move(what));
    out.error = co_await converse(self, shared, std::move(interface));
    if (!out.error) {
        auto response = self->reader_.take();
        out.status = response.status;
        out.body = std::move(response.body);
        for (auto& [name, value] : response.fields) {
            out.fields.push_back({std::move(name), std::move(value)});
        }
    }
    self->stream_.close();
    co_return out;
}

} // namespace pmp::net
