// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "wire/soap.hpp"

namespace pmp::test {

/// What an action of WANIPv6FirewallControl:1 gives, and does to the firewall. `seen` is completed.
wire::soap::reply perform_pinhole_action(
    gateway_state&, wire::soap::call const&, endpoint const& client, time_point now, exchange& seen
);

} // namespace pmp::test
