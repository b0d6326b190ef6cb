// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/control_commands.hpp"
#include "daemon/control_session.hpp"
#include "daemon/control_socket.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pmpd {

/// Serves the clients of a control socket: a JSON object a line in, one or more out. A client that
/// does not keep to that, or does not read, loses its connection.
class control_server {
public:
    control_server(boost::asio::any_io_executor, control_commands, control_limits = {});
    ~control_server();
    control_server(control_server const&) = delete;
    control_server& operator=(control_server const&) = delete;

    /// From now on at this path, and at no other; clients keep their connections. Where that
    /// fails, all is as it was. The executor runs one handler at a time.
    pmp::error_code listen(std::filesystem::path const&);
    bool has_watchers() const;
    /// An event, without its newline, to all who watch.
    void tell(std::string line);

private:
    /// What the handlers of connections need, also when the server is gone.
    struct state;

    static boost::asio::awaitable<void>
        accept(std::shared_ptr<state>, std::shared_ptr<control_socket>);

    std::shared_ptr<state> state_;
    std::shared_ptr<control_socket> socket_;
};

} // namespace pmpd
