// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>
#include <pmp/lease.hpp>
#include <pmp/mapping.hpp>
#include <pmp/network.hpp>

#include <chrono>
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
    /// Of the gateway, in the answer that told the address; 0 by UPnP, which has none.
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
    /// Where that service is asked; empty in other dialects.
    std::string control_url;
};

/// What a search for UPnP at a gateway brought (SSDP).
struct upnp_search {
    /// Replies from the gateway's own address.
    unsigned replies = 0;
    /// Descriptions that they led to and that could be read.
    unsigned descriptions = 0;
    /// Services in the last of these that map ports.
    unsigned services = 0;
    /// The one of them that was chosen says that it is connected.
    bool connected = false;
    /// The gateway names it as its default connection.
    bool is_default = false;
    /// It told an external address that the internet reaches.
    bool has_public_address = false;
    /// Another device on the network that maps ports by UPnP.
    std::optional<ip_address> elsewhere{};
    /// Why what answered is of no use: a `fault`, or what its service said. Success: it is of use,
    /// or nothing answered.
    error_code error{};
    /// What could not be used, a URL; empty where nothing is wrong.
    std::string place{};
};

/// A gateway that was looked for.
struct discovered_gateway {
    /// Where it has no address, none was found.
    gateway_view view;
    /// Absent where it has not told it.
    std::optional<ip_address> external_address;
    /// In the order in which they may be used.
    std::vector<spoken_dialect> protocols;
    /// Absent where UPnP may not be used.
    std::optional<upnp_search> search;
    /// Why it speaks nothing: `gateway_silent`, `gateway_unreachable`, or the system's, among them
    /// `network_unreachable` where no route leads to it.
    error_code error;
};

/// A row of the table that a gateway keeps of its mappings, whoever made them (UPnP).
struct table_entry {
    /// Of the mapping.
    transport protocol = transport::tcp;
    /// Of the gateway.
    std::uint16_t external_port = 0;
    /// Where it leads. The address is unspecified where the gateway tells none.
    endpoint internal;
    /// The remote host that it lets in, as the gateway writes it; empty: all.
    std::string remote;
    /// As whoever made it described it; at most 256 octets of whatever the gateway sends.
    std::string description;
    /// What is left of it; zero: it does not end by itself.
    std::chrono::seconds lifetime{};
    /// False: whoever made it has switched it off, and it lets in nobody.
    bool enabled = true;
    /// It leads to this host, and this library made it or says so in its description.
    bool ours = false;
    /// What the gateway tells in place of an internal address, such as a host name; at most 256
    /// octets of whatever it sends.
    std::string host{};

    friend bool operator==(table_entry const&, table_entry const&) = default;
};

/// What a gateway's table shows.
struct mapping_table {
    /// Whose table it is.
    gateway_view gateway;
    /// In the order of the gateway.
    std::vector<table_entry> entries;
    /// False: there are more than are read, 4096, or some that can't be made out.
    bool complete = true;
};

} // namespace pmp
