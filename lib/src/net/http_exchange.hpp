// SPDX-License-Identifier: MIT
#pragma once

#include "wire/http_message.hpp"

#include <pmp/network.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <memory>
#include <string>

namespace pmp::net {

/// One connection to one gateway, for one request and its response.
class http_exchange {
public:
    explicit http_exchange(boost::asio::any_io_executor const&);

    /// Always completes with a result: a response, or why there is none. Leaves by `interface`
    /// alone, unless that is empty.
    static boost::asio::awaitable<fetch_result>
    run(std::shared_ptr<http_exchange>, fetch, std::string interface);

    /// Ends it with `operation_aborted`.
    void close();

private:
    static boost::asio::awaitable<error_code>
    converse(std::shared_ptr<http_exchange>, std::shared_ptr<fetch const>, std::string interface);
    error_code open(fetch const&, std::string const& interface);

    boost::beast::tcp_stream stream_;
    wire::http::response_reader reader_;
    bool closed_ = false;
};

} // namespace pmp::net
