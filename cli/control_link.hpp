// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pmp::cli {

/// pmp's end of a connection to pmpd, as the system has it.
class control_link {
public:
    explicit control_link(boost::asio::io_context&);
    ~control_link();
    control_link(control_link const&) = delete;
    control_link& operator=(control_link const&) = delete;

    /// Instead of the connection that there was. `permission_denied`: what answers there is not for
    /// this user, or is no daemon that could be trusted.
    error_code connect(std::filesystem::path const&);
    /// Returns when all is written.
    error_code write(std::string_view);
    /// Adds to the text until it has a line, and calls back with the size of that. `not_found`: it
    /// is longer than `longest` bytes.
    void read_line(
        std::string& text, std::size_t longest, std::function<void(error_code, std::size_t)> then
    );
    /// Nothing has that name, as far as can be told without a connection.
    static bool is_missing(std::filesystem::path const&);
    /// For whom it is.
    static std::string_view who();

private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace pmp::cli
