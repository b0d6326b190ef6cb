// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_stream.hpp"

#include <boost/asio/windows/stream_handle.hpp>

namespace pmpd {

/// Windows takes a text to write as long as it lasts: one is under way at a time, and while it is
/// there is no room for another.
class control_stream::state : public std::enable_shared_from_this<state> {
public:
    explicit state(boost::asio::windows::stream_handle from) : pipe(std::move(from)) {}

    void write_rest();

    boost::asio::windows::stream_handle pipe;
    std::string under_way;
    std::size_t written = 0;
    pmp::error_code failure;
    std::function<void(pmp::error_code)> then;
};

} // namespace pmpd
