// SPDX-License-Identifier: MIT
#pragma once

#include "engine/ledger.hpp"

#include <map>
#include <vector>

namespace pmp {

/// What makes the actual mappings equal to the desired ones.
struct difference {
    std::vector<lease_key> retire;
    /// The same to the gateway, but with other wishes or another name.
    std::vector<mapping> readjust;
    std::vector<mapping> create;
};

using mappings_by_key = std::map<lease_key, mapping>;

/// Pure, and of one gateway's mappings. Compared by key, not by name: a mapping that has only been
/// renamed keeps its lease.
difference reconcile(mappings_by_key const& desired, mappings_by_key const& actual);

} // namespace pmp
