// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "wire/ssdp.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace pmp::test {

/// A packet, and how much later it is sent.
using delayed_packet = std::pair<std::chrono::nanoseconds, packet>;

/// What a simulated gateway answers to a search (UDA 1.1 1.3.3); empty: it takes no notice.
std::vector<delayed_packet> answer_search(gateway_state&, packet const& request);

/// What it multicasts of itself: alive or byebye (UDA 1.1 1.2).
std::vector<packet> ssdp_notifications(gateway_state const&, wire::ssdp::advertisement_kind);

} // namespace pmp::test
