// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/network.hpp>

#include <cstdint>
#include <string>

// What a gateway with UPnP says: whole messages, which chance alone hardly finds.
namespace pmp::fuzz {

/// A search reply, or a NOTIFY of SSDP.
wire::bytes advertisement(std::uint8_t which, ip_address const& gateway);

/// What answers that request: its description, the answer to an action, a refusal, or nothing.
fetch_result fetched(fetch const&, std::uint8_t which, std::uint8_t detail);

/// An event; `which` tells of what, and in what order.
inbound_notify event_of(std::uint8_t which, std::uint8_t sequence, ip_address const& gateway);

} // namespace pmp::fuzz
