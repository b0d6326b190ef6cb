// SPDX-License-Identifier: MIT
#pragma once

#include "support/stream.hpp"
#include "wire/http_message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace pmp_gateway {

/// What a gateway answers to an HTTP request.
using answer_http = std::function<
    pmp::test::stream_answer(pmp::endpoint const& client, std::string const& request)>;

/// One connection: a request, its answer, and the end. It lives as long as it has something to do.
class http_session : public std::enable_shared_from_this<http_session> {
public:
    http_session(boost::asio::ip::tcp::socket, answer_http);

    void start();

private:
    void read();
    void heard(std::size_t octets);
    void answer();
    void write();
    void linger();
    void close();

    boost::asio::ip::tcp::socket socket_;
    answer_http answer_;
    boost::asio::steady_timer wait_;
    boost::asio::steady_timer deadline_;
    pmp::wire::http::request_reader reader_;
    std::array<std::byte, 4096> piece_{};
    std::string request_;
    std::string response_;
};

} // namespace pmp_gateway
