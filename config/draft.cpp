// SPDX-License-Identifier: MIT
#include "config/draft.hpp"

#include "config/suggest.hpp"

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
    if (last > 65535)
        found.add(
            at,
            "the external ports would run from " + std::to_string(*d.external) + " to " +
                std::to_string(last) + "; write at most " +
                std::to_string(65536 - d.internal->size())
        );
    else if (d.protocol == transport::udp && holds_gateway_ports(*d.external, last))
        found.add(
            at,
            "the external udp ports 5350 and 5351 are the gateway's own; write another port as "
            "'external', or any"
        );
}

} // namespace

bool draft::is_range() const {
    auto const* const written = keys["internal"];
    return written != nullptr && written->value->text.find('-') != std::string::npos;
}

std::vector<std::string> draft::names() const {
    if (name && !is_range())
        return {*name};
    if (!internal || (!name && !protocol))
        return {};
    auto const stem = name ? *name : std::string(to_string(*protocol));
    std::vector<std::string> all;
    for (std::size_t port = internal->first; port <= internal->last; ++port)
        all.push_back(stem + "-" + std::to_string(port));
    return all;
}

draft read_draft(findings& found, place const& item, std::chrono::seconds lifetime) {
    draft d(found, item);
    d.name = read(found, d.keys["name"], read_name);
    d.protocol = read(found, d.keys["protocol"], read_protocol);
    d.internal = read(found, d.keys["internal"], read_internal);
    if (d.keys["external"] != nullptr)
        d.external = read(found, d.keys["external"], read_external);
    else if (d.internal)
        d.external = d.internal->first;
    read_into(d.exact, found, d.keys["exact"], read_bool);
    d.lifetime = lifetime;
    read_into(d.lifetime, found, d.keys["lifetime"], read_lifetime);
    read_into(d.gateway, found, d.keys["gateway"], read_name);
    read_into(d.host, found, d.keys["host"], read_host);
    read_into(d.description, found, d.keys["description"], read_description);
    read(found, d.keys["address_family"], read_address_family);
    return d;
}

void check_draft(draft const& d, findings& found, gateway_names const& gateways) {
    check_gateway(d, found, gateways);
    check_external(d, found);
}

} // namespace pmp::config
