// SPDX-License-Identifier: MIT
#pragma once

#include "engine/left_entry.hpp"

#include <pmp/memory.hpp>
#include <pmp/network.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace pmp {

/// What makes a mapping one and the same to a gateway. Its name is ours alone: a renamed mapping
/// keeps its lease.
struct lease_key {
    transport protocol = transport::tcp;
    endpoint internal;
    /// Absent: the entry that it has, or is to have.
    std::optional<left_entry> left{};

    friend bool operator==(lease_key const&, lease_key const&) = default;
    friend bool operator<(lease_key const& a, lease_key const& b) {
        // Ports tell most of them apart, and are compared faster than addresses.
        return std::tie(a.internal.port, a.protocol, a.internal.address, a.left) <
               std::tie(b.internal.port, b.protocol, b.internal.address, b.left);
    }
};

lease_key key_of(mapping const&);
lease_key key_of(remembered_lease const&);
/// As an earlier run wished for it, and as it was granted to that.
mapping mapping_of(remembered_lease const&);
lease lease_of(remembered_lease const&);
address_family family_of(ip_address const&);

/// What a gateway's own table shows of a mapping of that name.
std::string described(std::string const& name, std::string const& description);

/// What is known from before: a secret, and the last lease of each mapping at each gateway, with
/// what it has left behind there.
class ledger {
public:
    explicit ledger(memory);

    /// The same for the same gateway and mapping as long as the secret lives, different for
    /// different gateways (RFC 6887 11.2).
    std::array<std::byte, 12> nonce(ip_address const& gateway, lease_key const&) const;

    void note(gateway_view const&, mapping const&, lease const&);
    void note(remembered_lease);
    void forget(gateway_view const&, lease_key const&);
    /// What is known of the same place by a name that is none of those is known by its name now.
    void rename(gateway_view const& to, std::set<std::string> const& names);
    void forget(remembered_lease const&);

    /// Null where there was none.
    remembered_lease const* find(gateway_view const&, lease_key const&) const;
    /// What was assigned to this mapping at this gateway, if it still suggests the same.
    std::optional<endpoint> recall(gateway_view const&, mapping const&) const;
    /// Leases at this gateway that still run, by key.
    std::map<lease_key, remembered_lease> running(gateway_view const&, time_point now) const;

    memory snapshot() const;

private:
    struct place {
        std::string gateway;
        ip_address gateway_address;
        ip_address internal_address;
        lease_key key;

        friend bool operator<(place const& a, place const& b) {
            return std::tie(a.gateway, a.gateway_address, a.internal_address, a.key) <
                   std::tie(b.gateway, b.gateway_address, b.internal_address, b.key);
        }
    };

    static place place_of(gateway_view const&, lease_key const&);
    static place place_of(remembered_lease const&);

    secret secret_;
    std::map<place, remembered_lease> leases_;
};

} // namespace pmp
