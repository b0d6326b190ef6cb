// SPDX-License-Identifier: MIT
#include "support/mapping_table.hpp"

#include <pmp/network.hpp>

#include <algorithm>

namespace pmp::test {

namespace {

constexpr std::uint8_t tcp_number = 6;
constexpr std::uint8_t udp_number = 17;
constexpr std::uint32_t first_dynamic_port = 1024;
constexpr std::uint32_t dynamic_ports = 65536 - first_dynamic_port;

// An IPv6 pinhole has no port of the gateway.
bool occupies_port(gateway_mapping const& mapping) {
    return mapping.external.address.is_v4();
}

} // namespace

mapping_table::table_key mapping_table::key_of(gateway_mapping const& mapping) {
    return {mapping.protocol, {mapping.internal, mapping.external.port}};
}

gateway_mapping const* mapping_table::find(std::uint8_t protocol, endpoint const& internal) const {
    auto const found = mappings_.lower_bound({protocol, {internal, 0}});
    auto const same = found != mappings_.end() && found->second.protocol == protocol &&
                      found->second.internal == internal;
    return same ? &found->second : nullptr;
}

gateway_mapping const* mapping_table::find(
    std::uint8_t protocol, endpoint const& internal, std::uint16_t external_port
) const {
    auto const found = mappings_.find({protocol, {internal, external_port}});
    return found != mappings_.end() ? &found->second : nullptr;
}

gateway_mapping const*
mapping_table::find_external(std::uint8_t protocol, std::uint16_t external_port) const {
    auto const owner = owners_.find({external_port, protocol});
    return owner != owners_.end() ? find(protocol, owner->second, external_port) : nullptr;
}

void mapping_table::put(gateway_mapping mapping) {
    auto const key = key_of(mapping);
    if (auto const old = mappings_.find(key); old != mappings_.end()) {
        expiries_.erase({old->second.expires, key});
    }
    expiries_.emplace(mapping.expires, key);
    if (occupies_port(mapping)) {
        owners_.insert_or_assign({mapping.external.port, mapping.protocol}, mapping.internal);
    }
    mappings_.insert_or_assign(key, std::move(mapping));
}

void mapping_table::remove(gateway_mapping const& mapping) {
    auto const key = key_of(mapping);
    expiries_.erase({mapping.expires, key});
    if (occupies_port(mapping)) {
        owners_.erase({mapping.external.port, mapping.protocol});
    }
    mappings_.erase(key);
}

std::size_t
mapping_table::remove_all(ip_address const& client, std::optional<std::uint8_t> protocol) {
    auto const before = size();
    for (auto const& mapping : all()) {
        if (mapping.internal.address == client && (!protocol || mapping.protocol == *protocol)) {
            remove(mapping);
        }
    }
    return before - size();
}

void mapping_table::clear() {
    mappings_.clear();
    expiries_.clear();
    owners_.clear();
}

bool mapping_table::is_free(std::uint8_t protocol, std::uint16_t port, ip_address const& client)
    const {
    if (protocol == udp_number && (port == gateway_port || port == announcement_port)) {
        return false;
    }
    if (owners_.contains({port, protocol})) {
        return false;
    }
    auto const companion = protocol == tcp_number ? udp_number : tcp_number;
    auto const owner = owners_.find({port, companion});
    return owner == owners_.end() || owner->second.address == client;
}

std::optional<std::uint16_t> mapping_table::choose_port(
    std::uint8_t protocol, std::uint16_t suggested, ip_address const& client, random_source& random
) const {
    if (suggested != 0 && is_free(protocol, suggested, client)) {
        return suggested;
    }
    auto const first = suggested >= first_dynamic_port
                           ? suggested - first_dynamic_port
                           : static_cast<std::uint32_t>(draw(random, dynamic_ports));
    for (std::uint32_t step = 0; step < dynamic_ports; ++step) {
        auto const port =
            static_cast<std::uint16_t>(first_dynamic_port + (first + step) % dynamic_ports);
        if (is_free(protocol, port, client)) {
            return port;
        }
    }
    return {};
}

std::vector<gateway_mapping> mapping_table::expire(time_point now) {
    std::vector<gateway_mapping> expired;
    while (next_expiry() <= now && !expiries_.empty()) {
        expired.push_back(mappings_.at(expiries_.begin()->second));
        remove(expired.back());
    }
    return expired;
}

time_point mapping_table::next_expiry() const {
    return expiries_.empty() ? time_point::max() : expiries_.begin()->first;
}

std::vector<gateway_mapping> mapping_table::all() const {
    std::vector<gateway_mapping> result;
    result.reserve(size());
    std::transform(mappings_.begin(), mappings_.end(), std::back_inserter(result), [](auto& pair) {
        return pair.second;
    });
    return result;
}

} // namespace pmp::test
