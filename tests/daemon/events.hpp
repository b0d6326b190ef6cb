// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/event.hpp>

#include <string>

namespace daemon_test {

inline pmp::lease ssh_lease() {
    pmp::lease out;
    out.mapping = "ssh";
    out.via = pmp::dialect_id::pcp;
    out.protocol = pmp::transport::tcp;
    out.gateway = {boost::asio::ip::make_address("192.168.1.1"), 5351};
    out.internal = {boost::asio::ip::make_address("192.168.1.5"), 22};
    out.assigned = {boost::asio::ip::make_address("198.51.101.7"), 2222};
    out.lifetime = std::chrono::seconds(3600);
    return out;
}

/// An event of the gateway `default`.
inline pmp::event gateway_event(pmp::event_kind kind) {
    pmp::event out;
    out.kind = kind;
    out.gateway = "default";
    out.gateway_address = boost::asio::ip::make_address("192.168.1.1");
    return out;
}

/// An event of the mapping `ssh` at the gateway `default`.
inline pmp::event ssh_event(pmp::event_kind kind) {
    auto out = gateway_event(kind);
    out.mapping = "ssh";
    return out;
}

inline pmp::event ssh_event_with_lease(pmp::event_kind kind) {
    auto out = ssh_event(kind);
    out.lease = ssh_lease();
    return out;
}

} // namespace daemon_test
