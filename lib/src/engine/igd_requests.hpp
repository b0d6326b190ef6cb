// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/igd_session.hpp"

#include <pmp/network.hpp>

#include <algorithm>
#include <utility>

namespace pmp {

/// What a conversation wants sent, as the shell performs it for this gateway.
inline outbound_search performed_for(gateway_view const& gateway, igd_search s) {
    return {gateway.name, s.destination, std::move(s.bytes), gateway.internal};
}

inline fetch performed_for(gateway_view const& gateway, igd_exchange e) {
    fetch out;
    out.gateway = gateway.name;
    out.id = e.id;
    out.server = e.server;
    out.source = gateway.internal;
    out.request = std::move(e.request);
    out.timeout = e.timeout;
    out.connect_timeout = std::min(out.connect_timeout, out.timeout);
    return out;
}

} // namespace pmp
