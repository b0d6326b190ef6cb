// SPDX-License-Identifier: MIT
#include "cli/daemon_leases.hpp"

#include "cli/control_client.hpp"
#include "cli/leases.hpp"
#include "config/text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

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

} // namespace

std::optional<std::string>
kept_by_daemon(request const& asked, std::vector<internal_port> const& ports) {
    auto daemon = control_client::connect(asked);
    if (!daemon) {
        return {};
    }
    auto const reply = daemon->ask({{"command", "status"}}, patience);
    auto const* const leases = reply ? reply->if_contains("leases") : nullptr;
    if (leases == nullptr || !leases->is_array()) {
        return {};
    }
    for (auto const& each : leases->get_array()) {
        auto const* const lease = each.if_object();
        for (auto const& port : ports) {
            if (lease != nullptr && is_meant(*lease, asked, port)) {
                return "pmpd keeps " + port_words(port.protocol, port.internal) + " open as " +
                       config::in_quotes(text_of(*lease, "mapping")) + ": remove that from " +
                       text_of(*reply, "config") + ", then pmp reload";
            }
        }
    }
    return {};
}

} // namespace pmp::cli
