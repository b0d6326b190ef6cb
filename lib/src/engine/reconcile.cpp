// SPDX-License-Identifier: MIT
#include "engine/reconcile.hpp"

namespace pmp {

difference reconcile(mappings_by_key const& desired, mappings_by_key const& actual) {
    difference out;
    for (auto const& [key, was] : actual) {
        if (desired.find(key) == desired.end()) {
            out.retire.push_back(key);
        }
    }
    for (auto const& [key, wish] : desired) {
        auto const at = actual.find(key);
        if (at == actual.end()) {
            out.create.push_back(wish);
        } else if (at->second != wish) {
            out.readjust.push_back(wish);
        }
    }
    return out;
}

} // namespace pmp
