// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"
#include "daemon/metrics.hpp"
#include "daemon/metrics_server.hpp"

#include <pmp/client.hpp>

#include <optional>

namespace pmpd {

/// Counts what happens, and serves that and a client's leases to Prometheus.
class metrics_desk {
public:
    metrics_desk(boost::asio::any_io_executor const&, pmp::client&, teller);

    /// Tells where that fails; absent: nowhere.
    void open(std::optional<pmp::endpoint> const&);
    metrics_counts& counts() { return counts_; }

private:
    pmp::client& client_;
    teller tell_;
    metrics_counts counts_;
    metrics_server server_;
};

} // namespace pmpd
