// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_commands.hpp"
#include "daemon/control_stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace pmpd {

struct control_limits {
    /// In bytes, of a request.
    std::size_t longest_line = std::size_t{64} << 10U;
    /// In bytes, of events that a watching client has not read: several for each of the ten
    /// thousand mappings that there may be. Whoever reads at all gets them; the clients share them.
    std::size_t most_unread = std::size_t{64} << 20U;
    std::size_t most_clients = 256;
    /// How long a client may read nothing of what waits for it.
    std::chrono::milliseconds patience{10'000};
};

/// One client of the control socket. It lives while its connection is open, and outlives nothing:
/// its server closes it.
class control_session : public std::enable_shared_from_this<control_session> {
public:
    using shared_line = std::shared_ptr<std::string const>;

    control_session(control_stream, control_commands const&, control_limits const&);

    void start();
    void close();
    bool is_open() const { return stream_.is_open(); }
    bool watches() const { return watches_; }
    /// Since when it has asked for nothing; nothing where it watches, or reads a reply.
    std::optional<std::chrono::steady_clock::time_point> idle_since() const;
    /// An event, for a client that watches.
    void tell(shared_line const&);
    /// The last word, before it is closed.
    void dismiss(control_answer const&);

private:
    static boost::asio::awaitable<void> serve(std::shared_ptr<control_session>);
    static boost::asio::awaitable<void> until_read(std::shared_ptr<control_session>);
    struct pending {
        shared_line line;
        bool is_event = false;
    };

    void say(pending);
    void write();
    void wait_for_reader();

    control_stream stream_;
    control_commands const& commands_;
    control_limits const& limits_;
    std::string input_;
    std::deque<pending> output_;
    /// Of the first line.
    std::size_t written_ = 0;
    /// Bytes of events that wait.
    std::size_t unread_ = 0;
    boost::asio::steady_timer stalled_;
    /// Ends when all is written, or nothing can be.
    boost::asio::steady_timer all_read_;
    std::chrono::steady_clock::time_point heard_at_ = std::chrono::steady_clock::now();
    bool waiting_ = false;
    bool watches_ = false;
};

} // namespace pmpd
