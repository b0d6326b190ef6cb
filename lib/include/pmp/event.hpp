// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/export.hpp>
#include <pmp/lease.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pmp {

enum class event_kind : std::uint8_t {
    acquired,
    renewed,
    changed,
    lost,
    refused,
    released,
    gateway_found,
    /// The gateway has not answered for a while; it is still being asked.
    gateway_silent,
    gateway_lost,
    gateway_rebooted,
    external_address_changed,
};

PMP_EXPORT std::string_view to_string(event_kind);

enum class lost_reason : std::uint8_t {
    expired,
    revoked,
    gateway,
    /// This host has another address towards the gateway.
    address,
};

PMP_EXPORT std::string_view to_string(lost_reason);

/// Something changed. Events are edges; the table of leases is the level.
struct event {
    /// What happened.
    event_kind kind = event_kind::acquired;
    /// When it happened.
    time_point at;
    /// Name of the gateway.
    std::string gateway;
    /// Of the gateway; unspecified where none was found.
    ip_address gateway_address;
    /// By which the gateway was spoken to.
    dialect_id via = dialect_id::pcp;
    /// Name of the mapping; empty where the event concerns the gateway.
    std::string mapping;
    /// The lease as it is now, or as it was when it was lost or released.
    std::optional<pmp::lease> lease;
    /// The endpoint assigned before (`changed`), or the external address before
    /// (`external_address_changed`).
    std::optional<endpoint> was;
    /// The external address (`gateway_found`, `external_address_changed`), if known. Unspecified:
    /// the gateway has lost its own, and what was mapped leads nowhere until it has one again.
    std::optional<ip_address> external_address;
    /// In `renewed` and `changed`: the gateway had lost the mapping, and it was made again.
    bool recovered = false;
    /// Set in `lost`.
    lost_reason reason = lost_reason::expired;
    /// Why it was refused or lost; in `released`, why the gateway did not confirm it; in
    /// `gateway_silent`, what is wrong with what it answers by UPnP, if it does.
    error_code error;
    /// When the mapping is asked for again (`refused`, `lost`).
    std::chrono::seconds retry_after{};
};

} // namespace pmp
