// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace pmpd {

struct metrics_limits {
    std::size_t most_clients = 32;
    /// In bytes, of a request.
    std::size_t longest_request = std::size_t{8} << 10U;
    /// For a request, and again for its answer.
    std::chrono::seconds patience{10};
};

/// Answers `GET /metrics` and `GET /healthz` over HTTP, each connection once. Clients that are too
/// slow, too many or not understood lose their connection.
class metrics_server {
public:
    metrics_server(
        boost::asio::any_io_executor, std::function<std::string()> metrics, metrics_limits = {}
    );
    ~metrics_server();
    metrics_server(metrics_server const&) = delete;
    metrics_server& operator=(metrics_server const&) = delete;

    /// From now on there, and nowhere else. Where that fails, all is as it was.
    pmp::error_code listen(pmp::endpoint const&);
    void close();

private:
    /// What connections need, also when the server is gone.
    struct state;
    using acceptor = boost::asio::ip::tcp::acceptor;

    static boost::asio::awaitable<void> accept(std::shared_ptr<state>, std::shared_ptr<acceptor>);
    static boost::asio::awaitable<void> serve(std::shared_ptr<state>, boost::asio::ip::tcp::socket);

    std::shared_ptr<state> state_;
    std::shared_ptr<acceptor> acceptor_;
    pmp::endpoint at_;
};

} // namespace pmpd
