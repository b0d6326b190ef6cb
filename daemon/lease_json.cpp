// SPDX-License-Identifier: MIT
#include "daemon/lease_json.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string_view>

namespace pmpd {

namespace {

namespace json = boost::json;

/// Rounded up, so that what has just been granted shows its whole lifetime.
std::int64_t until(pmp::time_point at, pmp::time_point now) {
    return std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(at - now).count(), 0);
}

json::value to_json(pmp::ip_address const& address) {
    return address.is_unspecified() ? json::value(nullptr) : json::value(address.to_string());
}

json::object to_json(pmp::endpoint const& e) {
    return {{"address", to_json(e.address)}, {"port", e.port}};
}

pmp::endpoint internal_of(pmp::standing const& s, pmp::gateway_standing const* gateway) {
    if (s.lease) {
        return s.lease->internal;
    }
    auto out = s.mapping.internal;
    if (out.address.is_unspecified() && gateway != nullptr) {
        out.address = gateway->view.internal;
    }
    return out;
}

json::value via_json(pmp::standing const& s, pmp::gateway_standing const* gateway) {
    json::value out = nullptr;
    if (s.lease) {
        out = to_string(s.lease->via);
    } else if (gateway != nullptr && gateway->via) {
        out = to_string(*gateway->via);
    }
    return out;
}

/// PCP and NAT-PMP alone have one.
json::value epoch_json(pmp::dialect_id via, std::uint32_t epoch) {
    bool const has_none = via == pmp::dialect_id::igd || via == pmp::dialect_id::direct;
    return has_none ? json::value(nullptr) : json::value(epoch);
}

json::object gateway_of(pmp::standing const& s, pmp::gateway_standing const* gateway) {
    json::object out{{"name", s.mapping.gateway}, {"address", nullptr}, {"epoch", nullptr}};
    if (s.lease) {
        out["address"] = to_json(s.lease->gateway.address);
        out["epoch"] = epoch_json(s.lease->via, s.lease->epoch);
    }
    if (gateway != nullptr) {
        out["address"] = to_json(gateway->view.address);
    }
    if (gateway != nullptr && gateway->via) {
        out["epoch"] = epoch_json(*gateway->via, gateway->epoch);
    }
    return out;
}

json::value error_json(pmp::standing const& s, pmp::time_point now) {
    if (!s.error.failed()) {
        return nullptr;
    }
    json::object out;
    out["category"] = s.error.category().name();
    out["code"] = s.error.value();
    out["name"] = pmp::result_name(s.error);
    out["message"] = s.error.message();
    out["retry_in"] = s.retry_at ? json::value(until(*s.retry_at, now)) : json::value(nullptr);
    return out;
}

/// Such an address a gateway gets from another NAT.
bool is_behind_nat(pmp::ip_address const& external) {
    auto const use = external.is_v4() ? pmp::use_of(external) : pmp::special_use::none;
    return use == pmp::special_use::private_use || use == pmp::special_use::shared;
}

json::value double_nat_of(pmp::standing const& s) {
    if (!s.lease || s.lease->assigned.address.is_unspecified()) {
        return nullptr;
    }
    return is_behind_nat(s.lease->assigned.address);
}

std::string_view to_string(pmp::address_family family) {
    return family == pmp::address_family::ipv4 ? "ipv4" : "ipv6";
}

bool is_of(pmp::gateway_standing const& gateway, pmp::address_family family) {
    return gateway.view.address.is_v4() == (family == pmp::address_family::ipv4);
}

} // namespace

json::object
lease_json(pmp::standing const& s, pmp::gateway_standing const* gateway, pmp::time_point now) {
    json::object out;
    out["mapping"] = s.mapping.name;
    out["state"] = to_string(s.state);
    out["protocol"] = to_string(s.mapping.protocol);
    out["internal"] = to_json(internal_of(s, gateway));
    out["external"] = nullptr;
    out["suggested_port"] = s.mapping.suggested.port;
    out["lifetime"] = nullptr;
    out["remaining"] = nullptr;
    out["renews_in"] = nullptr;
    if (s.lease) {
        out["external"] = to_json(s.lease->assigned);
    }
    // What needs no gateway was not granted for a time.
    if (s.lease && !s.lease->permanent && s.lease->via != pmp::dialect_id::direct) {
        out["lifetime"] = s.lease->lifetime.count();
        out["remaining"] = until(s.lease->expires, now);
    }
    if (s.renews_at) {
        out["renews_in"] = until(*s.renews_at, now);
    }
    out["verified"] = to_string(s.lease ? s.lease->verified : pmp::verification::none);
    out["gateway"] = gateway_of(s, gateway);
    out["via"] = via_json(s, gateway);
    out["address_family"] = to_string(s.mapping.family);
    out["error"] = error_json(s, now);
    out["double_nat"] = double_nat_of(s);
    out["permanent"] = s.lease ? json::value(s.lease->permanent) : json::value(nullptr);
    return out;
}

json::array leases_json(
    std::vector<pmp::standing> const& standings,
    std::vector<pmp::gateway_standing> const& gateways,
    pmp::time_point now
) {
    std::multimap<std::string_view, pmp::gateway_standing const*> by_name;
    for (auto const& each : gateways) {
        by_name.emplace(each.view.name, &each);
    }
    json::array out;
    out.reserve(standings.size());
    for (auto const& each : standings) {
        auto const [first, last] = by_name.equal_range(each.mapping.gateway);
        auto const found = std::find_if(first, last, [&](auto const& named) {
            return is_of(*named.second, each.mapping.family);
        });
        out.push_back(lease_json(each, found != last ? found->second : nullptr, now));
    }
    return out;
}

json::object gateway_json(pmp::gateway_standing const& g) {
    json::object out;
    out["name"] = g.view.name;
    out["address"] = to_json(g.view.address);
    out["interface"] =
        g.view.interface.empty() ? json::value(nullptr) : json::value(g.view.interface);
    out["internal_address"] = to_json(g.view.internal);
    out["external_address"] =
        g.external_address ? to_json(*g.external_address) : json::value(nullptr);
    out["via"] = g.via ? json::value(to_string(*g.via)) : json::value(nullptr);
    out["epoch"] = g.via ? epoch_json(*g.via, g.epoch) : json::value(nullptr);
    return out;
}

} // namespace pmpd
