// SPDX-License-Identifier: MIT
#include "cli/daemon_leases.hpp"

#include "cli/control_client.hpp"
#include "cli/leases.hpp"
#include "config/text.hpp"

#include <pmp/parse_address.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace pmp::cli {

namespace {

namespace json = boost::json;

/// A daemon on this machine that takes longer has other troubles.
constexpr std::chrono::seconds patience{2};

bool is_meant(json::object const& lease, request const& asked, internal_port const& port) {
    auto const* const internal = lease.if_contains("internal");
    auto const* const gateway = lease.if_contains("gateway");
    if (internal == nullptr || !internal->is_object() || gateway == nullptr ||
        !gateway->is_object()) {
        return false;
    }
    auto const* const number = internal->get_object().if_contains("port");
    auto const address = text_of(gateway->get_object(), "address");
    auto const& only = asked.gateway.address;
    return text_of(lease, "protocol") == to_string(port.protocol) && number != nullptr &&
           number->is_int64() && number->get_int64() == port.internal.port &&
           (port.internal.address.is_unspecified() ||
            text_of(internal->get_object(), "address") == port.internal.address.to_string()) &&
           (!only || address.empty() || address == only->to_string());
}

/// Nothing where no daemon can be asked. Of the lines of its table, those that are objects.
std::optional<std::pair<json::object, std::vector<json::object>>> table_of(request const& asked) {
    auto daemon = control_client::connect(asked);
    if (!daemon) {
        return {};
    }
    auto reply = daemon->ask({{"command", "status"}}, patience);
    auto const* const leases = reply ? reply->if_contains("leases") : nullptr;
    if (leases == nullptr || !leases->is_array()) {
        return {};
    }
    std::vector<json::object> rows;
    for (auto const& each : leases->get_array()) {
        if (auto const* const lease = each.if_object()) {
            rows.push_back(*lease);
        }
    }
    return std::pair(*std::move(reply), std::move(rows));
}

/// Nothing where it has none.
std::optional<endpoint> endpoint_of(json::object const& lease, std::string_view key) {
    auto const* const found = lease.if_contains(key);
    auto const* const parts = found != nullptr ? found->if_object() : nullptr;
    auto const* const number = parts != nullptr ? parts->if_contains("port") : nullptr;
    if (number == nullptr || !number->is_int64()) {
        return {};
    }
    auto const address = parse_address(text_of(*parts, "address"));
    return endpoint{
        address.value_or(ip_address()), static_cast<std::uint16_t>(number->get_int64())};
}

} // namespace

std::vector<kept_port> ports_kept_by_daemon(request const& asked) {
    std::vector<kept_port> out;
    auto const told = table_of(asked);
    for (auto const& lease : told ? told->second : std::vector<json::object>{}) {
        auto const internal = endpoint_of(lease, "internal");
        auto const external = endpoint_of(lease, "external");
        if (internal && external) {
            auto const is_tcp = text_of(lease, "protocol") == to_string(transport::tcp);
            out.push_back({is_tcp ? transport::tcp : transport::udp, external->port, *internal});
        }
    }
    return out;
}

std::optional<std::string>
kept_by_daemon(request const& asked, std::vector<internal_port> const& ports) {
    auto const told = table_of(asked);
    if (!told) {
        return {};
    }
    auto const& [reply, leases] = *told;
    for (auto const& lease : leases) {
        for (auto const& port : ports) {
            if (is_meant(lease, asked, port)) {
                return "pmpd keeps " + port_words(port.protocol, port.internal) + " open as " +
                       config::in_quotes(text_of(lease, "mapping")) + ": remove that from " +
                       text_of(reply, "config") + ", then pmp reload";
            }
        }
    }
    return {};
}

} // namespace pmp::cli
