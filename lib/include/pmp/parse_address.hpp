// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>
#include <pmp/export.hpp>

#include <optional>
#include <string_view>

namespace pmp {

/// The address that a text is, whole and alone: four decimal numbers without leading zeros, or
/// RFC 4291's text of IPv6, which may have a zone behind it. Nothing where it is something else,
/// also where the system would read an address in it: `10.1`, `192.0.2.1:80`, `010.0.0.1`.
PMP_EXPORT std::optional<ip_address> parse_address(std::string_view);

} // namespace pmp
