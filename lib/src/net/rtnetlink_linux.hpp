// SPDX-License-Identifier: MIT
#pragma once

#include "net/routes.hpp"

#include <pmp/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

// rtnetlink(7), as far as a route_snapshot needs it. Numbers are in host order.
namespace pmp::net::rtnetlink {

struct message {
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    std::uint32_t sequence = 0;
    std::span<std::byte const> payload;
};

/// Takes the first message off a datagram; nothing where none is left, or where it is cut short.
std::optional<message> take_message(std::span<std::byte const>& datagram);

/// Puts a link, address or route of a dump into the snapshot; addresses come after their links.
/// Other messages, and what cannot be read, leave it as it is.
void apply(message const&, route_snapshot&);

/// What an NLMSG_ERROR tells; none where it is an acknowledgement.
error_code error_of(message const&);

/// False for a notification that tells nothing that the snapshot does not hold, like the lifetimes
/// that every IPv6 router advertisement renews, or a scan of a wireless link.
bool is_news(message const&, route_snapshot const&);

} // namespace pmp::net::rtnetlink
