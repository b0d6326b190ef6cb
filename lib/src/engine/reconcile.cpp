// SPDX-License-Identifier: MIT
#include "engine/reconcile.hpp"

namespace pmp {

difference reconcile(mappings_by_key const& desired, mappings_by_key const& actual) {
    difference out;
    auto was = actual.begin();
    for (auto const& [key, wish] : desired) {
        for (; was != actual.end() && was->first < key; ++was) {
            out.retire.push_back(was->first);
        }
        if (was == actual.end() || key < was->first) {
            out.create.push_back(wish);
            continue;
        }
        if (was->second != wish) {
            out.readjust.push_back(wish);
        }
        ++was;
    }
    for (; was != actual.end(); ++was) {
        out.retire.push_back(was->first);
    }
    return out;
}

} // namespace pmp
