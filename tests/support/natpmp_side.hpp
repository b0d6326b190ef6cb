// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"

#include <optional>

namespace pmp::test {

/// The NAT-PMP server of a simulated gateway (RFC 6886): what it answers, or nothing where the
/// request is dropped. `seen` is completed.
std::optional<wire::bytes>
serve_nat_pmp(gateway_state&, packet const& request, time_point now, exchange& seen);

/// RFC 6886 3.5
wire::bytes
nat_pmp_version_error(gateway_state const&, packet const& request, time_point now, exchange& seen);

/// RFC 6886 3.2.1, as sent at that time.
wire::bytes nat_pmp_announcement(gateway_state const&, time_point at);

} // namespace pmp::test
