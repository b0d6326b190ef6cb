// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/hook_run.hpp"

#include <pmp/engine.hpp>
#include <pmp/statistics.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pmpd {

/// What the daemon itself counts.
class metrics_counts {
public:
    void hear(pmp::event const&);
    void hear(hook_result result) { ++hooks[result]; }

    std::uint64_t renewals = 0;
    /// By gateway.
    std::map<std::string, std::uint64_t> reboots;
    std::map<std::string, std::uint64_t> address_changes;
    std::map<hook_result, std::uint64_t> hooks;
    /// By mapping, by which it was last granted: what is lost stays in its series.
    std::map<std::string, pmp::dialect_id, std::less<>> granted_by;
    bool reloaded = true;
};

/// All metrics, as Prometheus reads them.
std::string metrics_of(
    std::vector<pmp::standing> const&,
    std::vector<pmp::gateway_standing> const&,
    pmp::statistics const&,
    metrics_counts const&,
    pmp::time_point now
);

} // namespace pmpd
