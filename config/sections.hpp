// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pmp::config {

/// Names by which mappings may call a gateway; nothing where the file's gateways could not be
/// read, so that no name can be said to be unknown.
using gateway_names = std::optional<std::set<std::string, std::less<>>>;

/// `at` is null where the file has no gateways.
gateway_names read_gateways(configuration&, findings&, place const* at);

/// By the name of an item of the file: the names of the mappings that it stands for.
using mapping_groups = std::map<std::string, std::vector<std::string>, std::less<>>;

/// `lifetime` is that of mappings without their own, where it was chosen.
mapping_groups
read_mappings(configuration&, findings&, place const* at, std::optional<std::chrono::seconds> lifetime, gateway_names const&);

/// After the mappings, whose names it checks.
void read_hooks(configuration&, findings&, place const* at, mapping_groups const&);

} // namespace pmp::config
