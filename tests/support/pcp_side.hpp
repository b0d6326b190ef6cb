// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"

#include <optional>

namespace pmp::test {

/// The PCP server of a simulated gateway (RFC 6887): what it answers, or nothing where the request
/// is dropped. `seen` is completed.
std::optional<wire::bytes>
serve_pcp(gateway_state&, packet const& request, time_point now, exchange& seen);

/// Any error that repeats the request (RFC 6887 8.2).
wire::bytes pcp_error(
    gateway_state const&,
    packet const& request,
    pcp_result,
    std::optional<std::int64_t> lifetime,
    time_point now,
    exchange& seen
);

/// RFC 6887 14.1, as sent at that time.
wire::bytes pcp_announcement(gateway_state const&, time_point at);

/// RFC 6887 14.2, as sent at that time.
wire::bytes mapping_update(gateway_state const&, gateway_mapping const&, time_point at);

} // namespace pmp::test
