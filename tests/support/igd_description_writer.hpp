// SPDX-License-Identifier: MIT
#pragma once

#include "support/gateway_state.hpp"

#include <string>
#include <string_view>

namespace pmp::test {

inline constexpr std::string_view igd_udn = "uuid:6f3a1c52-0b7d-4e58-9a41-d0c5b2e7f913";

/// Control URLs end in these.
inline constexpr std::string_view ip_control = "ctl/ip";
inline constexpr std::string_view ppp_control = "ctl/ppp";
inline constexpr std::string_view forwarding_control = "ctl/l3";
inline constexpr std::string_view firewall_control = "ctl/fw";
inline constexpr std::string_view ip_events = "evt/ip";
/// Of the root description.
inline constexpr std::string_view description_path = "/igd/root.xml";

/// `urn:schemas-upnp-org:service:WANIPConnection:2`
std::string service_urn(std::string_view name, unsigned version);
std::string device_urn(std::string_view name, unsigned version);

/// `http://192.168.1.1:5000`
std::string igd_origin(gateway_state const&);

/// The root description as the gateway serves it.
std::string describe_igd(gateway_state const&);

} // namespace pmp::test
