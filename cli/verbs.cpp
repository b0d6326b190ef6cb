// SPDX-License-Identifier: MIT
#include "cli/verb.hpp"

#include <algorithm>
#include <array>

namespace pmp::cli {

extern verb const external_address_verb;
extern verb const map_verb;
extern verb const unmap_verb;
extern verb const discover_verb;
extern verb const list_verb;
extern verb const status_verb;
extern verb const watch_verb;
extern verb const reload_verb;
extern verb const renew_verb;
extern verb const doctor_verb;
extern verb const completion_verb;

std::span<verb const* const> verbs() {
    static constexpr std::array all{
        &external_address_verb,
        &map_verb,
        &unmap_verb,
        &discover_verb,
        &list_verb,
        &status_verb,
        &watch_verb,
        &reload_verb,
        &renew_verb,
        &doctor_verb,
        &completion_verb,
    };
    return all;
}

verb const* find_verb(std::string_view name) {
    auto const all = verbs();
    auto const found =
        std::find_if(all.begin(), all.end(), [name](auto const* v) { return v->name == name; });
    return found != all.end() ? *found : nullptr;
}

} // namespace pmp::cli
