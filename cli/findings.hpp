// SPDX-License-Identifier: MIT
#pragma once

#include "cli/diagnosis.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pmp::cli {

/// Each step, in the order from here to the internet; those that nothing is known of are left out.
std::vector<finding> find_all(facts const&);

/// As the gateway told it in any way.
std::optional<ip_address> external_of(facts const&);

/// Ports are reached without being mapped: no gateway is needed, or its firewall is off.
bool is_direct(facts const&);

/// Nothing but that it is not connected keeps the gateway from telling it.
bool has_no_address(facts const&);

/// Of the provider, who shares it among customers.
bool is_shared(ip_address const& external);

/// That ports can be opened, and where.
std::string open_words(facts const&);

} // namespace pmp::cli
