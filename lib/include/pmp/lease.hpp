// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>
#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>
#include <pmp/export.hpp>
#include <pmp/mapping.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pmp {

/// The protocols that a gateway may speak; `direct` is this host having a public address itself.
enum class dialect_id : std::uint8_t { pcp, nat_pmp, igd, direct };

/// As users write it: `pcp`, `nat-pmp`, `upnp`, `direct`.
PMP_EXPORT std::string_view to_string(dialect_id);

/// Whether the gateway's own table was seen to show a lease as ours.
enum class verification : std::uint8_t { none, read_back };

/// `none`, `read_back`.
PMP_EXPORT std::string_view to_string(verification);

/// What a gateway granted.
struct lease {
    /// Name of the mapping.
    std::string mapping;
    /// By which it was granted.
    dialect_id via = dialect_id::pcp;
    /// Of the mapping.
    transport protocol = transport::tcp;
    /// That granted it.
    endpoint gateway;
    /// Of this host, as the gateway knows it.
    endpoint internal;
    /// The address is unspecified where the gateway has not told it.
    endpoint assigned;
    /// As granted, at most 24 h (RFC 6887 15); by UPnP at most a week.
    std::chrono::seconds lifetime{};
    /// The gateway's epoch in the answer that granted it.
    std::uint32_t epoch = 0;
    /// When this lease began to be held without a gap; renewals keep it.
    time_point acquired;
    /// When it ends unless it is renewed.
    time_point expires;
    /// The gateway keeps it until it is deleted (UPnP); `expires` is until when it is believed.
    bool permanent = false;
    /// That is only presumed: the gateway has taken an end for it, and its table shows none.
    bool presumed = false;
    /// Whether the gateway's own table has shown it.
    verification verified = verification::none;

    friend bool operator==(lease const&, lease const&) = default;
};

/// Where a mapping stands. Only `held` and `renewing` mean that the port is open as far as
/// anybody can know.
enum class lease_state : std::uint8_t {
    idle,
    requesting,
    waiting,
    held,
    renewing,
    recovering,
    releasing,
};

PMP_EXPORT std::string_view to_string(lease_state);

/// A row of the table of leases: one mapping and how it fares.
struct standing {
    /// As it is desired now.
    pmp::mapping mapping;
    /// How it fares.
    lease_state state = lease_state::idle;
    /// The last lease, also while it is being recovered.
    std::optional<pmp::lease> lease;
    /// When the next renewal is due; set while held.
    std::optional<time_point> renews_at;
    /// The last refusal; cleared by the next grant.
    error_code error;
    /// When a refused request is made again.
    std::optional<time_point> retry_at;
};

} // namespace pmp
