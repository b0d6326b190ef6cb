// SPDX-License-Identifier: MIT
#pragma once

#include "net/routes.hpp"
#include "net/settling.hpp"

#include <pmp/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace pmp::net {

/// What the tables hold now. Errors: the system's.
result<route_snapshot> read_routes(boost::asio::any_io_executor const&);

/// Follows the system's interfaces, addresses and routes.
class route_monitor {
public:
    explicit route_monitor(boost::asio::any_io_executor const&, settling_times = {});
    ~route_monitor();
    route_monitor(route_monitor const&) = delete;
    route_monitor& operator=(route_monitor const&) = delete;

    /// What the tables hold now. Errors: the system's.
    result<route_snapshot> read();

    /// Completes when something has changed since `read()` and come to rest; with
    /// `operation_aborted` after `close()`. One wait at a time.
    boost::asio::awaitable<error_code> change();

    /// Why the system does not tell of changes; `change()` then completes every half minute.
    error_code deafness() const;

    void close();

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace pmp::net
