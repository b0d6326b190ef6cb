// SPDX-License-Identifier: MIT
#include "engine/reconcile.hpp"

namespace pmp {

difference reconcile(mappings_by_key const& desired, mappings_by_key const& actual) {
    difference out;
    auto was = actual.begin();
    auto const retire_before = [&](auto const& is_next) {
        for (; was != actual.end() && is_next(was->first); ++was) {
            out.retire.push_back(was->first);
        }
    };
    for (auto const& [key, wish] : desired) {
        retire_before([&](lease_key const& old) { return old < key; });
        if (was == actual.end() || key < was->first) {
            out.create.push_back(wish);
            continue;
        }
        if (was->second != wish) {
            out.readjust.push_back(wish);
        }
        ++was;
    }
    retire_before([](lease_key const&) { return true; });
    return out;
}

} // namespace pmp
