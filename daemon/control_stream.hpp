// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pmpd {

/// The daemon's end of a connection to one client. What has begun when it is closed ends with
/// `operation_aborted`.
class control_stream {
public:
    /// The system's connection.
    class state;

    explicit control_stream(std::shared_ptr<state>);
    ~control_stream();
    control_stream(control_stream&&) noexcept;
    control_stream& operator=(control_stream&&) noexcept;

    boost::asio::any_io_executor executor() const;
    bool is_open() const;
    void close();

    /// Adds to the text until it has a line, and returns the size of that, with its newline.
    /// `not_found`: the line is longer than `longest` bytes.
    boost::asio::awaitable<pmp::result<std::size_t>>
    read_line(std::string& text, std::size_t longest);
    /// Takes at once as much as there is room for. `would_block`: there is none.
    pmp::result<std::size_t> write(std::string_view);
    /// Calls back once, on the executor, when there is room again.
    void when_writable(std::function<void(pmp::error_code)>);
    /// Ends when the client, which says nothing more, hears nothing more either.
    boost::asio::awaitable<void> until_gone();

private:
    std::shared_ptr<state> state_;
};

} // namespace pmpd
