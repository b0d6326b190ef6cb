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
    ip_address address;
    endpoint gateway;
    /// By which the gateway was reached; empty where the system does not tell.
    std::string interface;
    dialect_id via = dialect_id::pcp;
    /// Of the gateway, in the answer that told the address.
    std::uint32_t epoch = 0;
};

/// One dialect that a gateway speaks.
struct spoken_dialect {
    dialect_id via = dialect_id::pcp;
    std::uint32_t epoch = 0;
    /// These three of UPnP gateways only.
    std::string model;
    std::string service;
    std::string description_url;
};

/// A gateway that was looked for.
struct discovered_gateway {
    /// Where it has no address, none was found.
    gateway_view view;
    std::optional<ip_address> external_address;
    /// In the order in which they may be used.
    std::vector<spoken_dialect> protocols;
    /// Why it speaks nothing: `gateway_silent`, `gateway_unreachable`, or the system's, among them
    /// `network_unreachable` where no route leads to it.
    error_code error;
};

} // namespace pmp
