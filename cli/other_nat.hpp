// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/endpoint.hpp>

#include <optional>
#include <string>

namespace pmp::cli {

/// Why ports that are opened at this external address can't be reached from the internet: it
/// belongs to another NAT. Nothing where it does not.
std::optional<std::string> another_nat(ip_address const& external);

/// The same, also where it is no address of the internet at all: loopback, multicast and the like.
std::optional<std::string> not_reachable(ip_address const& external);

} // namespace pmp::cli
