// SPDX-License-Identifier: MIT
#pragma once

#include "cli/diagnosis.hpp"

#include <vector>

namespace pmp::cli {

/// Whether a route leads to a gateway, and whether that has said anything.
bool has_way(facts const&);
bool is_answered(facts const&);
/// Nothing answers, and this host has a public address of its own.
bool needs_no_gateway(facts const&);

bool is_link_local(ip_address const&);

/// Which device is spoken to by UPnP, and why that; or why none is.
finding search_finding(facts const&, upnp_search const&);

/// Appends what the gateway answers: its protocols, its epoch and its external address.
void find_gateway(facts const&, std::vector<finding>&);

/// Appends how it fared with a mapping.
void find_trial(facts const&, std::vector<finding>&);

} // namespace pmp::cli
