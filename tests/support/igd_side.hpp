// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "support/stream.hpp"

#include <string>

namespace pmp::test {

/// The HTTP server of a simulated gateway (IGD:1 or IGD:2): its description, and the actions of its
/// WAN connection. `seen` is completed.
stream_answer serve_http(
    gateway_state&,
    std::string const& request,
    endpoint const& client,
    time_point now,
    exchange& seen
);

} // namespace pmp::test
