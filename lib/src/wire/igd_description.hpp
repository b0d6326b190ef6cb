// SPDX-License-Identifier: MIT
#pragma once

#include "wire/http_url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The description of an Internet Gateway Device (UDA 2).
namespace pmp::wire::igd {

enum class service_kind : std::uint8_t {
    wan_ip_connection,
    wan_ppp_connection,
    wan_common_interface,
    firewall_control,
    layer3_forwarding,
};

/// A service type, as far as this library has a use for it.
struct service_type {
    service_kind kind = service_kind::wan_ip_connection;
    unsigned version = 1;

    friend bool operator==(service_type const&, service_type const&) = default;
};

/// From `urn:schemas-upnp-org:service:WANIPConnection:1`; nothing for other services.
std::optional<service_type> parse_service_type(std::string_view);

struct service {
    /// As the device wrote it: requests have to repeat it (SOAP).
    std::string type_name;
    service_type type;
    std::string id;
    /// UDN of the device that it belongs to.
    std::string device;
    http_url control;
    std::optional<http_url> events;

    friend bool operator==(service const&, service const&) = default;
};

/// It maps ports.
bool is_wan_connection(service const&);

struct description {
    /// `modelName` and, where that is missing, `friendlyName` of the root device.
    std::string model;
    std::string manufacturer;
    std::string udn;
    /// UDA 1.1: changes with the description.
    std::optional<std::uint32_t> config_id;
    /// In the order of the document.
    std::vector<service> services;
    /// A control URL on another host, for which its service was left out; empty: there is none.
    std::string foreign_control;

    friend bool operator==(description const&, description const&) = default;
};

/// `location`: where the document was fetched from. Services are found at any depth, and left out
/// where their control URL is unusable or on another host. Errors: `fault::bad_value`,
/// `fault::bad_length`, `fault::truncated`.
result<description> decode_description(std::string_view xml, http_url const& location);

} // namespace pmp::wire::igd
