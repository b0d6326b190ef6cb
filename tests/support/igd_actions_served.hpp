// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "wire/soap.hpp"

#include <string_view>

namespace pmp::test {

/// What an action at the control URL `target` gives, and does to the table. `seen` is completed.
wire::soap::reply perform_action(
    gateway_state&,
    std::string_view target,
    wire::soap::call const&,
    endpoint const& client,
    time_point now,
    exchange& seen
);

} // namespace pmp::test
