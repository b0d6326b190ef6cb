// SPDX-License-Identifier: MIT
#include <pmp/event.hpp>

namespace pmp {

std::string_view to_string(transport protocol) {
    return protocol == transport::tcp ? "tcp" : "udp";
}

std::string_view to_string(dialect_id id) {
    switch (id) {
    case dialect_id::pcp: return "pcp";
    case dialect_id::nat_pmp: return "nat-pmp";
    case dialect_id::igd: return "upnp";
    case dialect_id::direct: return "direct";
    }
    return "unknown";
}

std::string_view to_string(verification v) {
    return v == verification::read_back ? "read_back" : "none";
}

std::string_view to_string(lease_state state) {
    switch (state) {
    case lease_state::idle: return "idle";
    case lease_state::requesting: return "requesting";
    case lease_state::waiting: return "waiting";
    case lease_state::held: return "held";
    case lease_state::renewing: return "renewing";
    case lease_state::recovering: return "recovering";
    case lease_state::releasing: return "releasing";
    }
    return "unknown";
}

std::string_view to_string(event_kind kind) {
    switch (kind) {
    case event_kind::acquired: return "acquired";
    case event_kind::renewed: return "renewed";
    case event_kind::changed: return "changed";
    case event_kind::lost: return "lost";
    case event_kind::refused: return "refused";
    case event_kind::released: return "released";
    case event_kind::gateway_found: return "gateway_found";
    case event_kind::gateway_silent: return "gateway_silent";
    case event_kind::gateway_lost: return "gateway_lost";
    case event_kind::gateway_rebooted: return "gateway_rebooted";
    case event_kind::external_address_changed: return "external_address_changed";
    }
    return "unknown";
}

std::string_view to_string(lost_reason reason) {
    switch (reason) {
    case lost_reason::expired: return "expired";
    case lost_reason::revoked: return "revoked";
    case lost_reason::gateway: return "gateway";
    case lost_reason::address: return "address";
    }
    return "unknown";
}

} // namespace pmp
