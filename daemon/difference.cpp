// SPDX-License-Identifier: MIT
#include "daemon/difference.hpp"

#include "daemon/words.hpp"

#include <spdlog/fmt/fmt.h>

#include <map>

namespace pmpd {

namespace {

using names = std::vector<std::string>;

struct difference {
    names added, removed, changed;
};

template <class Named>
difference compare(std::vector<Named> const& before, std::vector<Named> const& after) {
    std::map<std::string_view, Named const*> old;
    for (auto const& each : before) {
        old.emplace(each.name, &each);
    }
    difference out;
    for (auto const& each : after) {
        auto const found = old.find(each.name);
        if (found == old.end()) {
            out.added.push_back(each.name);
            continue;
        }
        if (*found->second != each) {
            out.changed.push_back(each.name);
        }
        old.erase(found);
    }
    for (auto const& each : before) {
        if (old.count(each.name) != 0) {
            out.removed.push_back(each.name);
        }
    }
    return out;
}

void add(std::vector<field>& fields, std::string_view key, names const& from) {
    if (!from.empty()) {
        fields.push_back({key, list(from)});
    }
}

/// `2 mappings added, 1 removed`; empty where nothing differs.
std::string count(std::string_view noun, difference const& all) {
    std::string out;
    auto const append = [&](names const& from, std::string_view verb) {
        if (from.empty()) {
            return;
        }
        auto const what = fmt::format(" {}{}", noun, from.size() == 1 ? "" : "s");
        out += fmt::format(
            "{}{}{} {}", out.empty() ? "" : ", ", from.size(), out.empty() ? what : "", verb
        );
    };
    append(all.added, "added");
    append(all.removed, "removed");
    append(all.changed, "changed");
    return out;
}

} // namespace

std::string difference_words(
    pmp::config::configuration const& before, pmp::config::configuration const& after
) {
    auto const mappings = compare(before.mappings, after.mappings);
    auto const gateways = compare(before.gateways, after.gateways);
    names what;
    for (auto text : {count("mapping", mappings), count("gateway", gateways)}) {
        if (!text.empty()) {
            what.push_back(std::move(text));
        }
    }
    if (before.log != after.log || before.release_on_exit != after.release_on_exit ||
        before.release_timeout != after.release_timeout || before.verify != after.verify ||
        before.control != after.control || before.hooks != after.hooks ||
        before.metrics != after.metrics) {
        what.emplace_back("settings changed");
    }

    return what.empty() ? "nothing changed" : fmt::format("{}", fmt::join(what, "; "));
}

log_line narrate_reload(
    pmp::config::configuration const& before,
    pmp::config::configuration const& after,
    std::filesystem::path const& file
) {
    auto const mappings = compare(before.mappings, after.mappings);
    auto const gateways = compare(before.gateways, after.gateways);
    log_line out;
    out.message = fmt::format("reloaded {}: {}", file.string(), difference_words(before, after));
    add(out.fields, "added", mappings.added);
    add(out.fields, "removed", mappings.removed);
    add(out.fields, "changed", mappings.changed);
    add(out.fields, "gateways_added", gateways.added);
    add(out.fields, "gateways_removed", gateways.removed);
    add(out.fields, "gateways_changed", gateways.changed);
    return out;
}

} // namespace pmpd
