// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/lease.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pmp {

/// The key from which every nonce is derived. Whoever knows it can end our leases.
using secret = std::array<std::byte, 16>;

/// The last lease of a mapping at one gateway. After a restart the same endpoint is suggested; a
/// lease that still runs and that nobody wants any more is released.
struct remembered_lease {
    /// Name of the mapping.
    std::string mapping;
    /// Name of the gateway.
    std::string gateway;
    /// Of the gateway that granted it.
    ip_address gateway_address;
    /// Of this host then.
    ip_address internal_address;
    /// By which it was granted.
    dialect_id via = dialect_id::pcp;
    /// Of the mapping.
    transport protocol = transport::tcp;
    /// 0: whatever number is assigned.
    std::uint16_t internal_port = 0;
    /// What the mapping suggested; another wish today outweighs `assigned`.
    std::uint16_t suggested_port = 0;
    /// What the gateway granted.
    endpoint assigned;
    /// By the clock of this boot.
    time_point expires;
    /// It does not expire by itself (UPnP): where nobody wants it any more it has to be deleted.
    bool permanent = false;
    /// Where it leads; unspecified: to this host.
    ip_address host{};
    /// The remote hosts that it lets in; empty: all.
    std::vector<remote_prefix> allow{};
    /// Of the mapping; in the gateway's own table (UPnP) it shows whose it is.
    std::string description{};
    /// Its deletion was refused, and the mapping has another entry by now (UPnP).
    bool left_behind = false;

    friend bool operator==(remembered_lease const&, remembered_lease const&) = default;
};

/// The dialect that last worked at a gateway: it is asked in that first. A hint, never a verdict.
struct dialect_hint {
    /// Of the gateway.
    ip_address gateway_address;
    /// That worked.
    dialect_id via = dialect_id::pcp;
    /// It tells its external address in answers to mappings alone.
    bool maps_for_address = false;

    friend bool operator==(dialect_hint const&, dialect_hint const&) = default;
};

/// What an engine has to know again after a restart. To be kept where only its owner can read it.
struct memory {
    /// The key of the nonces; `make_secret()` draws one.
    pmp::secret secret{};
    /// One a mapping and gateway, and what was left behind there.
    std::vector<remembered_lease> leases{};
    /// One a gateway, the latest first; for the one-shots of `client`, and kept by it.
    std::vector<dialect_hint> hints{};

    friend bool operator==(memory const&, memory const&) = default;
};

} // namespace pmp
