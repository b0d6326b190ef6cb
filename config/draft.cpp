// SPDX-License-Identifier: MIT
#include "config/draft.hpp"

#include "config/suggest.hpp"

#include <algorithm>

namespace pmp::config {

namespace {

void check_gateway(draft const& d, findings& found, gateway_names const& known) {
    if (!known || known->find(d.gateway) != known->end())
        return;
    auto const* const written = d.keys["gateway"];
    // A name that cannot be one was reported, and the default took its place.
    if (written != nullptr && written->value->text != d.gateway)
        return;
    std::vector<std::string_view> const names(known->begin(), known->end());
    auto const meant = nearest(d.gateway, names);
    found.add(
        written != nullptr ? *written : *d.item,
        "there is no gateway " + in_quotes(d.gateway) + "; " +
            (meant ? "did you mean " + in_quotes(*meant) + "?"
                   : "describe it under 'gateways', or write the name of one that is there")
    );
}

void read_allowed(draft& d, findings& found) {
    auto const* const at = d.keys["allow"];
    if (at == nullptr || !is_kind(found, *at, node_kind::list))
        return;
    auto const& items = at->value->children;
    if (items.empty())
        found.add(*at, "the list is empty; write an address, or remove the key to let in all");
    if (items.size() > most_allowed)
        found.add(
            *at,
            "there are more than " + std::to_string(most_allowed) +
                " addresses; write wider prefixes instead"
        );
    for (std::size_t i = 0; i < items.size() && !found.full(); ++i) {
        place const item{items[i], at, {}, i, "an address such as 198.51.100.0/24", "the item"};
        if (auto const prefix = read(found, &item, read_remote_prefix))
            d.allow.push_back(*prefix);
    }
}

/// RFC 6887 11.3: the gateway's own ports, which no client should ask for.
constexpr bool holds_gateway_ports(std::size_t first, std::size_t last) {
    static_assert(announcement_port + 1 == gateway_port);
    return first <= gateway_port && last >= announcement_port;
}

void check_external(draft const& d, findings& found) {
    if (!d.external)
        return;
    if (*d.external == 0) {
        if (d.exact)
            found.add(
                *d.keys["exact"],
                "an exact external port cannot be any; write a port as 'external', or false here"
            );
        return;
    }
    if (!d.internal)
        return;
    auto const* const written = d.keys["external"];
    auto const& at = written != nullptr ? *written : *d.keys["internal"];
    auto const last = *d.external + d.internal->size() - 1;
    auto const& all = d.protocols;
    bool const has_udp = std::find(all.begin(), all.end(), transport::udp) != all.end();
    if (last > 65535)
        found.add(
            at,
            "the external ports would run from " + std::to_string(*d.external) + " to " +
                std::to_string(last) + "; write at most " +
                std::to_string(65536 - d.internal->size())
        );
    else if (has_udp && holds_gateway_ports(*d.external, last))
        found.add(
            at,
            "the external udp ports 5350 and 5351 are the gateway's own; write another port as "
            "'external', or any"
        );
}

/// RFC 6887 11.1 and UPnP have no words for it, or others than are meant.
void check_any(draft const& d, findings& found, std::vector<gateway_settings> const& gateways) {
    if (!d.is_any())
        return;
    if (!d.host.is_unspecified())
        found.add(*d.keys["host"], "a mapping of any internal port is of this machine alone");
    if (d.exact && d.external && *d.external != 0)
        found.add(
            *d.keys["exact"],
            "the gateway assigns the port of 'any', which cannot be an exact one; write that port "
            "as 'internal', or false here"
        );
    auto const named = std::find_if(gateways.begin(), gateways.end(), [&d](auto const& gateway) {
        return gateway.name == d.gateway;
    });
    if (named != gateways.end() && named->protocols != std::vector{dialect_id::nat_pmp})
        found.add(
            *d.keys["internal"],
            "'any' can be asked by NAT-PMP alone; write 'protocols: [nat-pmp]' at the gateway " +
                in_quotes(d.gateway) + ", or a port here"
        );
}

bool can_be_asked(gateway_settings const& gateway, address_family family) {
    auto const& one = gateway.address ? gateway.address : gateway.source;
    return !one || one->is_v4() == (family == address_family::ipv4);
}

bool speaks_ipv6(gateway_settings const& gateway) {
    auto const& all = gateway.protocols;
    return std::any_of(all.begin(), all.end(), [](dialect_id id) {
        return id != dialect_id::nat_pmp;
    });
}

void check_gateway_families(
    draft const& d, findings& found, std::vector<gateway_settings> const& gateways
) {
    auto const named = std::find_if(gateways.begin(), gateways.end(), [&d](auto const& gateway) {
        return gateway.name == d.gateway;
    });
    if (named == gateways.end())
        return;
    auto const* const written = d.keys["address_family"];
    auto const& at = written != nullptr ? *written : *d.item;
    for (auto const family : d.families) {
        if (!can_be_asked(*named, family))
            found.add(
                at,
                "the gateway " + in_quotes(d.gateway) + " has an " +
                    (family == address_family::ipv4 ? "IPv6" : "IPv4") +
                    " address, and is not asked for others; write 'address: auto' there, or " +
                    "another 'address_family' here"
            );
        else if (family == address_family::ipv6 && !speaks_ipv6(*named))
            found.add(
                at,
                "NAT-PMP has no words for IPv6; write pcp in 'protocols' of the gateway " +
                    in_quotes(d.gateway) + ", or ipv4 here"
            );
    }
}

/// A pinhole lets through what is addressed to this machine as it is.
void check_pinhole(draft const& d, findings& found) {
    if (!d.has(address_family::ipv6))
        return;
    if (d.is_any())
        found.add(*d.keys["internal"], "an IPv6 pinhole is for one port; write that port");
    if (!d.host.is_unspecified())
        found.add(
            *d.keys["host"],
            "an IPv6 pinhole is for this machine alone; remove the key, or run "
            "pmpd on the other machine"
        );
    if (d.keys["allow"] != nullptr)
        found.add(
            *d.keys["allow"],
            "IPv4 addresses say nothing of who is let in over IPv6; write 'address_family: ipv4', "
            "or remove the key"
        );
    auto const moved = d.internal && d.external && *d.external != d.internal->first;
    if (moved && !d.has(address_family::ipv4) && !d.is_any())
        found.add(
            *d.keys["external"],
            "an IPv6 pinhole has no other port than the internal one; remove the key"
        );
}

} // namespace

bool draft::has(address_family family) const {
    return std::find(families.begin(), families.end(), family) != families.end();
}

bool draft::is_range() const {
    auto const* const written = keys["internal"];
    return written != nullptr && written->value->text.find('-') != std::string::npos;
}

bool draft::is_any() const {
    return internal && internal->first == 0;
}

std::vector<std::string> draft::names(transport protocol, address_family family) const {
    auto const of_protocol = std::string(to_string(protocol));
    auto end = name && is_pair() ? "-" + of_protocol : std::string();
    if (families.size() > 1)
        end += family == address_family::ipv4 ? "-ipv4" : "-ipv6";
    if (name && !is_range())
        return {*name + end};
    if (!internal)
        return {};
    auto const stem = (name ? *name : of_protocol) + "-";
    if (is_any())
        return {stem + "any" + end};
    std::vector<std::string> all;
    for (std::size_t port = internal->first; port <= internal->last; ++port)
        all.push_back((stem + std::to_string(port)).append(end));
    return all;
}

draft read_draft(findings& found, place const& item, std::optional<std::chrono::seconds> lifetime) {
    draft d(found, item);
    d.name = read(found, d.keys["name"], read_name);
    read_into(d.protocols, found, d.keys["protocol"], read_protocol);
    d.internal = read(found, d.keys["internal"], read_internal);
    if (d.keys["external"] != nullptr)
        d.external = read(found, d.keys["external"], read_external);
    else if (d.internal)
        d.external = d.internal->first;
    read_into(d.exact, found, d.keys["exact"], read_bool);
    // VPN providers grant no more than a minute.
    auto const inherited = d.is_any() ? std::chrono::seconds(60) : lifetime;
    d.lifetime =
        d.keys["lifetime"] != nullptr ? read(found, d.keys["lifetime"], read_lifetime) : inherited;
    read_into(d.gateway, found, d.keys["gateway"], read_name);
    read_into(d.host, found, d.keys["host"], read_host);
    read_allowed(d, found);
    read_into(d.allow_unfiltered, found, d.keys["allow_unfiltered"], read_bool);
    read_into(d.description, found, d.keys["description"], read_description);
    read_into(d.families, found, d.keys["address_family"], read_address_family);
    return d;
}

void check_draft(
    draft const& d,
    findings& found,
    gateway_names const& names,
    std::vector<gateway_settings> const& gateways
) {
    check_gateway(d, found, names);
    check_external(d, found);
    check_any(d, found, gateways);
    check_pinhole(d, found);
    check_gateway_families(d, found, gateways);
}

} // namespace pmp::config
