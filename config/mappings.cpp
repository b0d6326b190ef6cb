// SPDX-License-Identifier: MIT
#include "config/draft.hpp"
#include "config/sections.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace pmp::config {

namespace {

/// Turns drafts into mappings, one a port, and sees to it that no two are in each other's way.
class mapping_list {
public:
    mapping_list(std::vector<mapping>& into, findings& found) : into_(into), found_(found) {}

    mapping_groups const& groups() const { return groups_; }

    void add(draft const&);

private:
    struct user {
        std::string name;
        int line = 0;
    };
    /// What mostly differs comes first: it is compared first.
    using port_key = std::tuple<std::uint16_t, transport, address_family, ip_address, std::string>;

    bool has_room_for(draft const&);
    void add_one(draft const&, transport, address_family);
    bool take_ports(draft const&, transport, address_family, std::vector<std::string> const& names);
    void take_names(draft const&, std::vector<std::string> const& names);
    void spread(draft const&, transport, address_family, std::vector<std::string> const& names);

    std::vector<mapping>& into_;
    findings& found_;
    std::size_t count_ = 0;
    bool told_too_many_ = false;
    std::unordered_map<std::string, int> names_;
    std::map<port_key, user> ports_;
    mapping_groups groups_;
};

/// Said once; what is too much is left out, so that the rest is looked at all the same.
bool mapping_list::has_room_for(draft const& d) {
    auto const more =
        d.internal
            ? d.internal->size() * std::max<std::size_t>(d.protocols.size(), 1) * d.families.size()
            : 0;
    if (count_ + more <= max_mappings) {
        count_ += more;
        return true;
    }
    if (!std::exchange(told_too_many_, true))
        found_.add(
            *d.keys["internal"],
            "with this there are more than " + std::to_string(max_mappings) +
                " mappings; remove some, or narrow the ranges"
        );
    return false;
}

void mapping_list::add(draft const& d) {
    if (!has_room_for(d))
        return;
    if (d.protocols.empty() && d.name && !d.is_range())
        take_names(d, {*d.name});
    for (auto const family : d.families) {
        for (auto const protocol : d.protocols)
            add_one(d, protocol, family);
    }
}

void mapping_list::add_one(draft const& d, transport protocol, address_family family) {
    auto const names = d.names(protocol, family);
    bool const ports_are_free = !d.internal || take_ports(d, protocol, family, names);
    if (d.name || ports_are_free)
        take_names(d, names);
    if (d.internal && d.external && found_.empty())
        spread(d, protocol, family, names);
}

bool mapping_list::take_ports(
    draft const& d, transport protocol, address_family family, std::vector<std::string> const& names
) {
    bool free = true;
    for (std::size_t i = 0; i < d.internal->size(); ++i) {
        auto const port = static_cast<std::uint16_t>(d.internal->first + i);
        auto const [known, inserted] =
            ports_.try_emplace({port, protocol, family, d.host, d.gateway});
        if (inserted)
            known->second = {names[i], d.item->value->at.line};
        else if (std::exchange(free, false))
            found_.add(
                *d.keys["internal"],
                std::string(to_string(protocol)) + " port " +
                    (d.is_any() ? "any" : std::to_string(port)) +
                    (d.host.is_unspecified() ? "" : " of " + d.host.to_string()) +
                    (family == address_family::ipv6 ? " over IPv6" : "") + " at gateway " +
                    in_quotes(d.gateway) + " is already mapped by " +
                    in_quotes(known->second.name) + " at line " +
                    std::to_string(known->second.line) + "; remove one of the two"
            );
    }
    return free;
}

void mapping_list::take_names(draft const& d, std::vector<std::string> const& names) {
    auto const* const written = d.keys["name"];
    auto const& at = written != nullptr ? *written : *d.item;
    bool free = true;
    for (auto const& name : names) {
        auto const [known, inserted] = names_.try_emplace(name, at.value->at.line);
        if (!inserted && std::exchange(free, false))
            found_.add(
                at,
                "the name " + in_quotes(name) + " is already used at line " +
                    std::to_string(known->second) + "; write another as 'name'"
            );
    }
}

void mapping_list::spread(
    draft const& d, transport protocol, address_family family, std::vector<std::string> const& names
) {
    for (std::size_t i = 0; i < d.internal->size(); ++i) {
        auto const port = static_cast<std::uint16_t>(d.internal->first + i);
        mapping m;
        m.name = names[i];
        if (d.name)
            groups_[*d.name].push_back(m.name);
        m.protocol = protocol;
        m.family = family;
        m.paired = d.is_pair();
        m.internal = {d.host, port};
        m.suggested.port = static_cast<std::uint16_t>(*d.external == 0 ? 0 : *d.external + i);
        if (family == address_family::ipv6)
            m.suggested.port = port;
        m.exact = d.exact;
        m.lifetime = d.lifetime.value_or(default_lifetime);
        m.lifetime_chosen = d.lifetime.has_value();
        m.gateway = d.gateway;
        m.description = d.description;
        m.allow = d.allow;
        m.allow_unfiltered = d.allow_unfiltered;
        into_.push_back(std::move(m));
    }
}

} // namespace

mapping_groups read_mappings(
    configuration& into,
    findings& found,
    place const* at,
    std::optional<std::chrono::seconds> lifetime,
    gateway_names const& gateways
) {
    if (at == nullptr || at->value->kind == node_kind::null ||
        !is_kind(found, *at, node_kind::list))
        return {};
    auto const& items = at->value->children;
    mapping_list list(into.mappings, found);
    for (std::size_t i = 0; i < items.size() && !found.full(); ++i) {
        place const item{
            items[i], at, {}, i, "a map such as {protocol: tcp, internal: 22}", "the item"};
        if (!is_kind(found, item, node_kind::map))
            continue;
        auto const d = read_draft(found, item, lifetime);
        check_draft(d, found, gateways, into.gateways);
        list.add(d);
    }
    for (auto const& [name, members] : list.groups()) {
        if (members.size() > 1 || members.front() != name) {
            into.groups.emplace(name, members);
        }
    }
    return list.groups();
}

} // namespace pmp::config
