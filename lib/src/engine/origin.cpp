// SPDX-License-Identifier: MIT
#include "engine/origin.hpp"

namespace pmp {

bool is_from(gateway_view const& gateway, inbound_datagram const& in) {
    if (in.source != endpoint{gateway.address, gateway_port}) {
        return false;
    }
    auto const known = gateway.interface_index != 0 && in.interface_index != 0;
    if (known && in.interface_index != gateway.interface_index) {
        return false;
    }
    return in.destination.address.is_multicast() ? in.destination.port == announcement_port
                                                 : in.destination.address == gateway.internal;
}

} // namespace pmp
