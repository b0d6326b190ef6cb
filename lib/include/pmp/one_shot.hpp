// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>
#include <pmp/lease.hpp>
#include <pmp/network.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pmp {

/// The external address, and who told it.
struct external_address {
    /// Of the gateway, on its outer side.
    ip_address address;
    /// That answered.
    endpoint gateway;
    /// By which the gateway was reached; empty where the system does not tell.
    std::string interface;
    /// By which it answered.
    dialect_id via = dialect_id::pcp;
    /// Of the gateway, in the answer that told the address.
    std::uint32_t epoch = 0;
};

/// One dialect that a gateway speaks.
struct spoken_dialect {
    /// Its name.
    dialect_id via = dialect_id::pcp;
    /// Seconds, as the gateway told them in it; 0 where it has none.
    std::uint32_t epoch = 0;
    /// As a UPnP gateway names it; empty in other dialects.
    std::string model;
    /// Of a UPnP gateway, `WANIPConnection:2`; empty in other dialects.
    std::string service;
    /// Where a UPnP gateway describes itself; empty in other dialects.
    std::string description_url;
};

/// A gateway that was looked for.
struct discovered_gateway {
    /// Where it has no address, none was found.
    gateway_view view;
    /// Absent where it has not told it.
    std::optional<ip_address> external_address;
    /// In the order in which they may be used.
    std::vector<spoken_dialect> protocols;
    /// Why it speaks nothing: `gateway_silent`, `gateway_unreachable`, or the system's, among them
    /// `network_unreachable` where no route leads to it.
    error_code error;
};

} // namespace pmp
