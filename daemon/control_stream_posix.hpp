// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_stream.hpp"

#include <boost/asio/local/stream_protocol.hpp>

namespace pmpd {

class control_stream::state {
public:
    explicit state(boost::asio::local::stream_protocol::socket from) : socket(std::move(from)) {
        pmp::error_code ignored;
        socket.non_blocking(true, ignored);
    }

    boost::asio::local::stream_protocol::socket socket;
};

} // namespace pmpd
