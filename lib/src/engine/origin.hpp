// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/network.hpp>

namespace pmp {

/// Source, destination and interface are what they have to be of a datagram from that gateway
/// (RFC 6887 8.3, RFC 6886 3.2.1).
bool is_from(gateway_view const&, inbound_datagram const&);

/// What is heard by UPnP may be its. Of IPv6, routers answer from any of their addresses: there the
/// network that it came from is all that is known.
bool may_advertise(gateway_view const&, inbound_datagram const&);

} // namespace pmp
