// SPDX-License-Identifier: MIT
#include "config/sections.hpp"
#include "config/suggest.hpp"

#include <algorithm>
#include <set>

namespace pmp::config {

namespace {

using names = std::set<std::string_view>;

/// Calls `take` with each item of a list that must hold some.
template <class Take>
void read_items(
    findings& found, place const* at, std::string_view what, std::string_view empty, Take take
) {
    if (at == nullptr || !is_kind(found, *at, node_kind::list))
        return;
    auto const& items = at->value->children;
    if (items.empty())
        found.add(*at, "the list is empty; " + std::string(empty));
    for (std::size_t i = 0; i < items.size() && !found.full(); ++i) {
        place const item{items[i], at, {}, i, what, "the item"};
        take(item);
    }
}

void read_events(hook_settings& hook, findings& found, place const* at) {
    read_items(
        found,
        at,
        "an event such as acquired",
        "write acquired, changed and lost",
        [&](place const& item) {
            auto const kind = read(found, &item, read_hook_event);
            if (!kind)
                return;
            if (std::find(hook.on.begin(), hook.on.end(), *kind) != hook.on.end())
                found.add(
                    item, in_quotes(item.value->text) + " is in the list twice; keep one of them"
                );
            else
                hook.on.push_back(*kind);
        }
    );
}

void read_names(
    hook_settings& hook,
    findings& found,
    place const* at,
    names const* known,
    mapping_groups const& groups
) {
    read_items(
        found,
        at,
        "the name of a mapping",
        "name a mapping, or remove the key",
        [&](place const& item) {
            auto name = read(found, &item, read_name);
            if (!name)
                return;
            if (known != nullptr && known->count(*name) == 0) {
                auto const meant = nearest(*name, {known->begin(), known->end()});
                found.add(
                    item,
                    "there is no mapping " + in_quotes(*name) + "; " +
                        (meant ? "did you mean " + in_quotes(*meant) + "?"
                               : "write the name of one, or remove the item")
                );
                return;
            }
            auto const group = groups.find(*name);
            auto const all = group != groups.end() ? group->second : std::vector{*name};
            hook.mappings.insert(hook.mappings.end(), all.begin(), all.end());
        }
    );
}

void read_run(hook_settings& hook, findings& found, place const* at) {
    read_items(
        found,
        at,
        "a text such as --port",
        "write a program, then its arguments",
        [&](place const& item) {
            auto text = read(found, &item, item.index == 0 ? read_program : read_argument);
            if (text)
                hook.run.push_back(*std::move(text));
        }
    );
}

} // namespace

void read_hooks(
    configuration& into, findings& found, place const* at, mapping_groups const& groups
) {
    if (at == nullptr || at->value->kind == node_kind::null ||
        !is_kind(found, *at, node_kind::list))
        return;
    // Where the mappings are wrong, not all of their names are known.
    names known;
    for (auto const& each : into.mappings)
        known.insert(each.name);
    for (auto const& [name, all] : groups)
        known.insert(name);
    bool const all_known = found.empty();
    auto const& items = at->value->children;
    if (items.size() > max_hooks) {
        found.add(*at, "there are more than " + std::to_string(max_hooks) + " hooks; remove some");
        return;
    }
    for (std::size_t i = 0; i < items.size() && !found.full(); ++i) {
        place const item{
            items[i], at, {}, i, "a map such as {on: [lost], run: [/bin/true]}", "the item"};
        if (!is_kind(found, item, node_kind::map))
            continue;
        fields const keys(found, item, hook_keys);
        hook_settings hook;
        read_events(hook, found, keys["on"]);
        read_names(hook, found, keys["mappings"], all_known ? &known : nullptr, groups);
        read_run(hook, found, keys["run"]);
        read_into(hook.timeout, found, keys["timeout"], read_hook_timeout);
        into.hooks.push_back(std::move(hook));
    }
}

} // namespace pmp::config
