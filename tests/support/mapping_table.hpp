// SPDX-License-Identifier: MIT
#pragma once

#include "support/random.hpp"
#include "wire/pcp.hpp"

#include <pmp/clock.hpp>
#include <pmp/endpoint.hpp>
#include <pmp/lease.hpp>

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pmp::test {

/// A mapping that a simulated gateway has.
struct gateway_mapping {
    /// IANA number.
    std::uint8_t protocol = 0;
    endpoint internal;
    endpoint external;
    /// The protocol that made or renewed it last.
    dialect_id via = dialect_id::pcp;
    /// Absent where PCP has not made it.
    std::optional<wire::pcp::nonce> nonce;
    time_point expires;
    /// Where the last request for it came from; Mapping Updates go there.
    endpoint client;
    std::string description;
    /// Empty: everybody is let in.
    std::vector<wire::pcp::filter> filters{};
    /// In the table, and letting nothing in.
    bool enabled = true;
};

/// The mappings of a gateway, which all of its protocols share.
class mapping_table {
public:
    using table_key = std::pair<std::uint8_t, std::pair<endpoint, std::uint16_t>>;

    /// The first of that internal endpoint.
    gateway_mapping const* find(std::uint8_t protocol, endpoint const& internal) const;
    gateway_mapping const*
    find(std::uint8_t protocol, endpoint const& internal, std::uint16_t external_port) const;
    /// The one of that external port, whoever owns it.
    gateway_mapping const* find_external(std::uint8_t protocol, std::uint16_t external_port) const;
    /// Replaces one of the same protocol, internal endpoint and external port.
    void put(gateway_mapping);
    /// Invalidates what `find` returned.
    void remove(gateway_mapping const&);
    /// All of that client, and of that protocol where one is given; returns how many.
    std::size_t remove_all(ip_address const& client, std::optional<std::uint8_t> protocol);
    void clear();

    /// RFC 6886 3.3: a port belongs to one client, for TCP and UDP together.
    bool is_free(std::uint8_t protocol, std::uint16_t port, ip_address const& client) const;
    /// `suggested` where it is free, else the next one that is; for 0 a random one.
    std::optional<std::uint16_t>
    choose_port(std::uint8_t protocol, std::uint16_t suggested, ip_address const& client, random_source&)
        const;

    /// Removes and returns what has run out.
    std::vector<gateway_mapping> expire(time_point now);
    /// `time_point::max()` where nothing runs out.
    time_point next_expiry() const;

    std::size_t size() const { return mappings_.size(); }
    std::vector<gateway_mapping> all() const;

private:
    static table_key key_of(gateway_mapping const&);

    std::map<table_key, gateway_mapping> mappings_;
    std::set<std::pair<time_point, table_key>> expiries_;
    std::map<std::pair<std::uint16_t, std::uint8_t>, endpoint> owners_;
};

} // namespace pmp::test
