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
    std::string mapping;
    std::string gateway;
    ip_address gateway_address;
    ip_address internal_address;
    dialect_id via = dialect_id::pcp;
    transport protocol = transport::tcp;
    std::uint16_t internal_port = 0;
    /// What the mapping suggested; another wish today outweighs `assigned`.
    std::uint16_t suggested_port = 0;
    endpoint assigned;
    time_point expires;

    friend bool operator==(remembered_lease const&, remembered_lease const&) = default;
};

/// The dialect that last worked at a gateway: it is asked in that first. A hint, never a verdict.
struct dialect_hint {
    ip_address gateway_address;
    dialect_id via = dialect_id::pcp;

    friend bool operator==(dialect_hint const&, dialect_hint const&) = default;
};

/// What an engine has to know again after a restart. To be kept where only its owner can read it.
struct memory {
    pmp::secret secret{};
    std::vector<remembered_lease> leases{};
    /// One a gateway, the latest first; for the one-shots of `client`, and kept by it.
    std::vector<dialect_hint> hints{};

    friend bool operator==(memory const&, memory const&) = default;
};

} // namespace pmp
