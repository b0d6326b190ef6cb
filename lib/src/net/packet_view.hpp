// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/network.hpp>
#include <pmp/packet.hpp>

#include <functional>
#include <span>
#include <string>

// What goes over the wire, in the words of its protocol.
namespace pmp::net {

/// Empty: nobody wants to see it.
using packet_handler = std::function<void(packet const&)>;

/// `source`: of this host.
packet
sent_packet(std::string const& gateway, endpoint const& source, endpoint const& destination, std::span<std::byte const>);
packet received_packet(inbound_datagram const&);

packet request_packet(fetch const&);
/// `asked`: the request that it answers.
packet response_packet(packet const& asked, fetch_result const&);
packet notification_packet(inbound_notify const&);

} // namespace pmp::net
