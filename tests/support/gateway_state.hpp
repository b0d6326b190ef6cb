// SPDX-License-Identifier: MIT
#pragma once

#include "support/mapping_table.hpp"
#include "support/random.hpp"
#include "support/vices.hpp"
#include "wire/gena.hpp"

#include <pmp/clock.hpp>
#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>
#include <pmp/lease.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pmp::test {

struct gateway_options {
    ip_address address = boost::asio::ip::make_address("192.168.1.1");
    /// Unspecified: there is none at present.
    ip_address external = boost::asio::ip::make_address("203.0.113.7");
    std::vector<dialect_id> protocols = {dialect_id::pcp, dialect_id::nat_pmp};
    /// RFC 6887 15 recommends both; NAT-PMP knows the second alone.
    std::chrono::seconds min_lifetime{120};
    std::chrono::seconds max_lifetime{86400};
    /// Both epochs at the start.
    std::chrono::seconds uptime{0};
    /// Mappings that it has room for.
    std::size_t capacity = 65535;
    /// PCP THIRD_PARTY is served.
    bool third_party = false;
    /// IGD:1 or IGD:2, where UPnP is spoken.
    unsigned igd_version = 1;
};

/// Seconds since the start of the epoch (RFC 6887 8.5, RFC 6886 3.6).
class epoch_clock {
public:
    epoch_clock(time_point now, std::chrono::seconds uptime);

    std::uint32_t at(time_point now) const;
    void reset(time_point now);
    /// 100: as fast as time itself.
    void run_at(std::int64_t percent, time_point now);

private:
    std::chrono::nanoseconds elapsed(time_point now) const;

    time_point since_;
    std::chrono::nanoseconds value_;
    std::int64_t percent_ = 100;
};

/// Who is told of events.
struct igd_subscriber {
    std::string sid;
    wire::http_url callback;
    time_point expires;
    /// Not before this.
    time_point due;
    std::uint32_t sequence = 0;
    /// All variables as they were told.
    std::vector<wire::gena::property> told{};
};

/// What the UPnP side alone has.
struct igd_state {
    /// How long it has been connected.
    epoch_clock uptime;
    /// Of its HTTP server.
    std::uint16_t port = 5000;
    /// BOOTID.UPNP.ORG
    std::uint32_t boot_id = 1;
    std::vector<igd_subscriber> subscribers{};
    /// How many there have been.
    std::uint32_t subscriptions = 0;
    /// SystemUpdateID
    std::uint32_t update_id = 0;
    std::size_t known_mappings = 0;
    /// Of the pinholes that were opened since it started, by their UniqueID.
    std::map<std::uint16_t, std::pair<std::uint8_t, endpoint>> pinholes{};
    std::uint16_t next_pinhole = 1;
};

/// What a client wants, in words common to both protocols.
struct mapping_wish {
    std::uint8_t protocol = 0;
    endpoint internal;
    endpoint suggested;
    std::uint32_t lifetime = 0;
    dialect_id via = dialect_id::pcp;
    std::optional<wire::pcp::nonce> nonce;
    /// Where the request came from.
    endpoint client;
    /// PREFER_FAILURE
    bool exact = false;
    std::string description;
    /// Absent: as they are.
    std::optional<std::vector<wire::pcp::filter>> filters{};
};

struct granted_mapping {
    endpoint external;
    /// As the answer says it.
    std::uint32_t lifetime = 0;
};

/// What the protocol sides of a simulated gateway share.
struct gateway_state {
    gateway_options options;
    vice_set vices;
    mapping_table table;
    random_source random;
    epoch_clock pcp_epoch;
    epoch_clock nat_pmp_epoch;
    igd_state igd;

    bool speaks(dialect_id) const;
    bool has_external_address() const;

    /// The mapping that a request for `internal` concerns.
    gateway_mapping const* existing(mapping_wish const&) const;
    /// Makes or renews it. Errors in PCP's numbering: NO_RESOURCES, CANNOT_PROVIDE_EXTERNAL.
    std::variant<granted_mapping, pcp_result> grant(mapping_wish const&, time_point now);
    /// As the answer says it, 2^32-1 being for ever.
    std::uint32_t lifetime_for(mapping_wish const&) const;

private:
    std::optional<std::uint16_t> port_for(mapping_wish const&, gateway_mapping const*);
};

} // namespace pmp::test
