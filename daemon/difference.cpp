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

/// Names are unique, and most stay where they are in the file.
template <class Named>
bool keeps_its_place(std::vector<Named> const& in, std::size_t place, std::string const& name) {
    return place < in.size() && in[place].name == name;
}

/// Nothing where it is not there.
template <class Named>
Named const* take(std::map<std::string_view, Named const*>& from, std::string const& name) {
    auto const found = from.extract(name);
    return found.empty() ? nullptr : found.mapped();
}

template <class Named>
difference compare(std::vector<Named> const& before, std::vector<Named> const& after) {
    std::map<std::string_view, Named const*> moved;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (!keeps_its_place(after, i, before[i].name)) {
            moved.emplace(before[i].name, &before[i]);
        }
    }
    difference out;
    for (std::size_t i = 0; i < after.size(); ++i) {
        auto const& each = after[i];
        auto const* const old =
            keeps_its_place(before, i, each.name) ? &before[i] : take(moved, each.name);
        if (old == nullptr) {
            out.added.push_back(each.name);
        } else if (*old != each) {
            out.changed.push_back(each.name);
        }
    }
    for (auto const& each : before) {
        if (moved.count(each.name) != 0) {
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

changes
changes_between(pmp::config::configuration const& before, pmp::config::configuration const& after) {
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

    changes out{what.empty() ? "nothing changed" : fmt::format("{}", fmt::join(what, "; "))};
    add(out.fields, "added", mappings.added);
    add(out.fields, "removed", mappings.removed);
    add(out.fields, "changed", mappings.changed);
    add(out.fields, "gateways_added", gateways.added);
    add(out.fields, "gateways_removed", gateways.removed);
    add(out.fields, "gateways_changed", gateways.changed);
    return out;
}

log_line narrate_reload(changes const& what, std::filesystem::path const& file) {
    return {
        log_level::info, fmt::format("reloaded {}: {}", file.string(), what.words), what.fields};
}

} // namespace pmpd
