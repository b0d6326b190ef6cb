// SPDX-License-Identifier: MIT
#include "engine/origin.hpp"

namespace pmp {

namespace {

bool came_by_other_interface(gateway_view const& gateway, inbound_datagram const& in) {
    auto const known = gateway.interface_index != 0 && in.interface_index != 0;
    return known && in.interface_index != gateway.interface_index;
}

} // namespace

bool is_from(gateway_view const& gateway, inbound_datagram const& in) {
    if (in.source != endpoint{gateway.address, gateway_port}) {
        return false;
    }
    if (came_by_other_interface(gateway, in)) {
        return false;
    }
    return in.destination.address.is_multicast() ? in.destination.port == announcement_port
                                                 : in.destination.address == gateway.internal;
}

bool may_advertise(gateway_view const& gateway, inbound_datagram const& in) {
    if (gateway.address.is_v4()) {
        return in.source.address == gateway.address;
    }
    return in.source.address.is_v6() && !came_by_other_interface(gateway, in);
}

} // namespace pmp
