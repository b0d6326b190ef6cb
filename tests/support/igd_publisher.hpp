// SPDX-License-Identifier: MIT
#pragma once

#include "support/exchange.hpp"
#include "support/gateway_state.hpp"
#include "support/stream.hpp"
#include "wire/http_message.hpp"

#include <optional>

// Eventing (UDA 4) as simulated gateways do it.
namespace pmp::test {

/// Whether an event URL was asked for something.
bool concerns_events(wire::http::request const&);

/// SUBSCRIBE and UNSUBSCRIBE. `seen` is completed.
wire::http::response
serve_subscription(gateway_state&, wire::http::request const&, time_point now, exchange& seen);

/// A NOTIFY that is due.
struct igd_notify {
    std::string sid;
    stream_request request;
};
std::optional<igd_notify> next_notify(gateway_state&, time_point now);
/// It was answered so: the subscription may be of the past.
void notify_answered(gateway_state&, std::string const& sid, unsigned status);
/// When the next one is due, as things are.
time_point next_notify_at(gateway_state const&, time_point now);

} // namespace pmp::test
