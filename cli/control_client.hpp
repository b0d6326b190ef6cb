// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.hpp"
#include "cli/request.hpp"

#include <pmp/error.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pmp::cli {

/// A connection to a running pmpd. It waits in the calls, and nowhere else.
class control_client {
public:
    /// To the socket that was asked for, else to the system's daemon, else to the user's own.
    static result<control_client> connect(request const&);

    ~control_client();
    control_client(control_client&&) noexcept;
    control_client& operator=(control_client&&) noexcept;

    /// Of whoever is turned away the last line can be read still: then there is no error.
    error_code send(boost::json::object const& command);
    /// The next line. `timed_out`: none came; `eof`: the daemon has ended.
    result<boost::json::object> next(std::chrono::milliseconds patience);
    /// A command, and its reply.
    result<boost::json::object>
    ask(boost::json::object const& command, std::chrono::milliseconds patience);

private:
    class state;
    explicit control_client(std::unique_ptr<state>);

    std::unique_ptr<state> state_;
};

/// Says why the daemon does not answer; returns the exit status.
int no_daemon(console&, request const&, error_code);

/// Asks a command of the daemon. Nothing where that failed, which was told: `status` is the exit
/// status then. A reply that refuses is the caller's concern.
struct daemon_reply {
    std::optional<boost::json::object> reply;
    int status = 0;
};
daemon_reply ask_daemon(console&, request const&, boost::json::object const& command);

/// It does what was asked.
bool is_ok(boost::json::object const& reply);

/// A text of a JSON object, empty where there is none.
std::string text_of(boost::json::object const&, std::string_view key);

} // namespace pmp::cli
