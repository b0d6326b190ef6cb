// SPDX-License-Identifier: MIT
#include "config/sections.hpp"

#include <algorithm>
#include <map>

namespace pmp::config {

namespace {

constexpr std::size_t most_gateways = 256;

void read_protocols(gateway_settings& gateway, findings& found, place const* at) {
    if (at == nullptr || !is_kind(found, *at, node_kind::list))
        return;
    auto const& items = at->value->children;
    if (items.empty())
        found.add(*at, "the list is empty; write some of pcp, nat-pmp and upnp, best first");
    gateway.protocols.clear();
    for (std::size_t i = 0; i < items.size() && !found.full(); ++i) {
        place const item{items[i], at, {}, i, "pcp, nat-pmp or upnp", "the item"};
        auto const protocol = read(found, &item, read_dialect);
        if (!protocol)
            continue;
        auto& known = gateway.protocols;
        if (std::find(known.begin(), known.end(), *protocol) != known.end())
            found.add(
                item, in_quotes(item.value->text) + " is in the list twice; keep one of them"
            );
        else
            known.push_back(*protocol);
    }
}

std::string family_word(ip_address const& address) {
    return address.is_v4() ? "IPv4" : "IPv6";
}

void check_families(gateway_settings const& gateway, findings& found, place const* source) {
    if (!gateway.source || !gateway.address || gateway.source->is_v4() == gateway.address->is_v4())
        return;
    found.add(
        *source,
        "an " + family_word(*gateway.source) + " address cannot reach the gateway's " +
            family_word(*gateway.address) + " address " + gateway.address->to_string() +
            "; write an " + family_word(*gateway.address) + " address, or auto"
    );
}

/// A link-local address means nothing without its interface.
void read_zone(gateway_settings& gateway, findings& found, place const* address) {
    if (!gateway.address)
        return;
    auto const zone = zone_of(address->value->text);
    if (!zone.empty() && !gateway.interface.empty() && zone != gateway.interface)
        found.add(
            *address,
            "the interface behind the '%' is not the one of 'interface'; keep one of the two"
        );
    else if (!zone.empty())
        gateway.interface = zone;
    if (gateway.address->is_v6() && gateway.address->to_v6().is_link_local() &&
        gateway.interface.empty())
        found.add(
            *address,
            "a link-local address needs an interface; write it as 'interface', or behind the "
            "address: " +
                gateway.address->to_string() + "%" + std::string(example_interface())
        );
}

bool is_null(place const* at) {
    return at != nullptr && at->value->kind == node_kind::null;
}

gateway_settings read_gateway(std::string name, findings& found, place const& at) {
    gateway_settings gateway;
    gateway.name = std::move(name);
    if (at.value->kind == node_kind::null || !is_kind(found, at, node_kind::map))
        return gateway;
    fields const keys(found, at, gateway_keys);
    read_into(gateway.address, found, keys["address"], read_gateway_address);
    read_into(gateway.interface, found, keys["interface"], read_interface);
    read_zone(gateway, found, keys["address"]);
    read_into(gateway.source, found, keys["source"], read_source);
    read_protocols(gateway, found, keys["protocols"]);
    if (auto const* const url = keys["description_url"]; !is_null(url))
        read_into(gateway.description_url, found, url, read_description_url);
    check_families(gateway, found, keys["source"]);
    return gateway;
}

std::optional<std::string> read_key(findings& found, place const& all, node const& key) {
    if (key.kind != node_kind::scalar) {
        found.add(key.at, path_of(all) + ": a gateway needs a name; write a word before the ':'");
        return std::nullopt;
    }
    auto name = read_name(key.text);
    if (name.has_value())
        return *std::move(name);
    found.add(key.at, path_of(all) + ": " + name.error().sentence);
    return std::nullopt;
}

/// By name, where each gateway is described first.
using first_uses = std::map<std::string, position, std::less<>>;

bool is_new(first_uses& names, findings& found, std::string const& name, position at) {
    auto const [first, inserted] = names.emplace(name, at);
    if (!inserted)
        found.add(
            at,
            "gateways: the name " + in_quotes(name) + " is already used at line " +
                std::to_string(first->second.line) + "; keep one of them"
        );
    return inserted;
}

gateway_names names_of(std::vector<gateway_settings> const& gateways) {
    gateway_names names(std::in_place);
    for (auto const& gateway : gateways)
        names->insert(gateway.name);
    return names;
}

} // namespace

gateway_names read_gateways(configuration& into, findings& found, place const* at) {
    if (at == nullptr || at->value->kind == node_kind::null)
        return names_of(into.gateways);
    if (!is_kind(found, *at, node_kind::map))
        return std::nullopt;
    auto const& children = at->value->children;
    if (children.empty())
        return names_of(into.gateways);
    if (children.size() / 2 > most_gateways) {
        found.add(
            *at, "there are more than " + std::to_string(most_gateways) + " gateways; remove some"
        );
        return std::nullopt;
    }
    into.gateways.clear();
    first_uses names;
    for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
        auto const& key = *children[i];
        auto name = read_key(found, *at, key);
        if (!name || !is_new(names, found, *name, key.at))
            continue;
        place const value{
            children[i + 1], at, key.text, 0, "a map such as {address: auto}", "the key"};
        into.gateways.push_back(read_gateway(*std::move(name), found, value));
    }
    return names_of(into.gateways);
}

} // namespace pmp::config
