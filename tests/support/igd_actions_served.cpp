// SPDX-License-Identifier: MIT
#include "support/igd_actions_served.hpp"

#include "support/igd_description_writer.hpp"
#include "support/igd_pinholes_served.hpp"
#include "wire/igd_actions.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>

// Sections are of WANIPConnection:2.
namespace pmp::test {

namespace {

namespace igd = wire::igd;
namespace soap = wire::soap;
using std::chrono::seconds;

constexpr std::uint16_t first_unprivileged_port = 1024;

soap::reply refuse(upnp_result code) {
    return soap::upnp_error{static_cast<int>(code), ""};
}

std::optional<std::uint16_t> port_of(soap::call const& c, std::string_view name) {
    auto const value = wire::number(soap::value_of(c.arguments, name));
    return value && *value <= 65535 ? std::optional(static_cast<std::uint16_t>(*value))
                                    : std::nullopt;
}

/// One action, asked for by one client.
class served_action {
public:
    served_action(
        gateway_state& state,
        soap::call const& call,
        endpoint const& client,
        time_point now,
        exchange& seen
    )
        : state_(state), call_(call), client_(client), now_(now), seen_(seen) {}

    soap::reply perform(bool connected) {
        struct action {
            std::string_view name;
            request_kind kind;
            vice error;
            soap::reply (served_action::*serve)();
        };
        constexpr std::array actions = {
            action{
                "GetStatusInfo",
                request_kind::status,
                vice::upnp_status_error,
                &served_action::status},
            action{
                "GetExternalIPAddress",
                request_kind::address,
                vice::upnp_address_error,
                &served_action::address},
            action{
                "GetSpecificPortMappingEntry",
                request_kind::look,
                vice::upnp_read_error,
                &served_action::look},
            action{
                "GetGenericPortMappingEntry",
                request_kind::look,
                vice::upnp_read_error,
                &served_action::list},
            action{"AddPortMapping", request_kind::map, vice::refuses, &served_action::add},
            action{
                "AddAnyPortMapping",
                request_kind::map,
                vice::upnp_add_any_error,
                &served_action::add_any},
            action{
                "DeletePortMapping",
                request_kind::remove,
                vice::refuses_deletions,
                &served_action::remove},
        };
        connected_ = connected;
        auto const* const found = std::find_if(actions.begin(), actions.end(), [&](auto const& a) {
            return a.name == call_.action;
        });
        auto const known = found != actions.end() &&
                           (found->name != "AddAnyPortMapping" || state_.options.igd_version >= 2);
        if (!known) {
            return refuse(upnp_result::invalid_action);
        }
        seen_.kind = found->kind;
        describe();
        for (auto const id : {vice::upnp_error, found->error}) {
            if (state_.vices.has(id)) {
                return soap::upnp_error{static_cast<int>(state_.vices.value(id).number), ""};
            }
        }
        return (this->*found->serve)();
    }

private:
    void describe() {
        auto const protocol = igd::parse_protocol(soap::value_of(call_.arguments, "NewProtocol"));
        seen_.protocol = static_cast<std::uint8_t>(protocol.value_or(transport{}));
        seen_.suggested.port = port_of(call_, "NewExternalPort").value_or(0);
        if (auto const row = igd::read_mapping({call_.action, call_.arguments})) {
            seen_.internal = row->internal;
            seen_.lifetime = static_cast<std::uint32_t>(row->lease.count());
        }
    }

    soap::reply answer(std::vector<soap::argument> arguments) const {
        return soap::answer{call_.action, std::move(arguments)};
    }

    soap::reply status() {
        auto const up = connected_ && state_.has_external_address();
        auto const uptime = up ? state_.igd.uptime.at(now_) : 0;
        return answer(
            {{"NewConnectionStatus", up ? "Connected" : "Disconnected"},
             {"NewLastConnectionError", "ERROR_NONE"},
             {"NewUptime", std::to_string(uptime)}}
        );
    }

    soap::reply address() {
        auto text = state_.options.external.to_string();
        // 2.3.13 wants an empty one where there is none; 0.0.0.0 is as frequent.
        if (!connected_ || state_.vices.has(vice::no_external_address)) {
            text = "0.0.0.0";
        }
        if (state_.vices.has(vice::empty_external_address)) {
            text.clear();
        }
        seen_.assigned.address = state_.options.external;
        return answer({{"NewExternalIPAddress", text}});
    }

    gateway_mapping const* entry() const {
        return state_.table.find_external(seen_.protocol, seen_.suggested.port);
    }

    std::string client_told(gateway_mapping const& m) const {
        if (state_.vices.has(vice::untold_client)) {
            constexpr std::array said{"0.0.0.0", "", "nas"};
            return said.at(static_cast<std::size_t>(state_.vices.value(vice::untold_client).number)
            );
        }
        auto const& address = m.internal.address;
        return state_.vices.has(vice::other_client) && address.is_v4()
                   ? boost::asio::ip::address_v4(address.to_v4().to_uint() + 1).to_string()
                   : address.to_string();
    }

    std::vector<soap::argument> row_of(gateway_mapping const& m) const {
        auto lease = m.expires == time_point::max() ? seconds(0)
                                                    : std::chrono::ceil<seconds>(m.expires - now_);
        // Routers tell what was asked for, or a constant, in place of what is left.
        if (state_.vices.has(vice::reports_lease)) {
            lease = seconds(state_.vices.value(vice::reports_lease).number);
        }
        return {
            {"NewInternalPort", std::to_string(m.internal.port)},
            {"NewInternalClient", client_told(m)},
            {"NewEnabled", m.enabled ? "1" : "0"},
            {"NewPortMappingDescription", m.description},
            {"NewLeaseDuration", std::to_string(lease.count())},
        };
    }

    soap::reply look() {
        auto const* found = connected_ ? entry() : nullptr;
        if (found == nullptr) {
            return refuse(upnp_result::no_such_entry_in_array);
        }
        return answer(row_of(*found));
    }

    soap::reply list() {
        auto const all = connected_ ? state_.table.all() : std::vector<gateway_mapping>();
        auto const index = wire::number(soap::value_of(call_.arguments, "NewPortMappingIndex"));
        if (!index || *index >= all.size()) {
            return refuse(upnp_result::specified_array_index_invalid);
        }
        auto const& m = all[*index];
        std::vector<soap::argument> arguments = {
            {"NewRemoteHost", ""},
            {"NewExternalPort", std::to_string(m.external.port)},
            {"NewProtocol",
             m.protocol == static_cast<std::uint8_t>(transport::tcp) ? "TCP" : "UDP"},
        };
        auto const row = row_of(m);
        arguments.insert(arguments.end(), row.begin(), row.end());
        return answer(std::move(arguments));
    }

    soap::reply remove() {
        auto const* found = connected_ ? entry() : nullptr;
        if (found == nullptr) {
            return refuse(upnp_result::no_such_entry_in_array);
        }
        if (state_.options.igd_version >= 2 && found->internal.address != client_.address) {
            return refuse(upnp_result::action_not_authorized);
        }
        state_.table.remove(gateway_mapping{*found});
        return answer({});
    }

    soap::reply add() {
        auto const error = put(false);
        return error ? refuse(*error) : answer({});
    }

    soap::reply add_any() {
        if (state_.vices.has(vice::refuses)) {
            auto const code = state_.vices.value(vice::refuses).number;
            return soap::upnp_error{static_cast<int>(code), ""};
        }
        auto const error = put(true);
        return error ? refuse(*error)
                     : answer({{"NewReservedPort", std::to_string(seen_.assigned.port)}});
    }

    std::optional<upnp_result> put(bool any) {
        auto const row = igd::read_mapping({call_.action, call_.arguments});
        if (!row || row->internal.address.is_unspecified() || !connected_) {
            return upnp_result::invalid_args;
        }
        if (auto const error = check(*row)) {
            return error;
        }
        auto const* taken = entry();
        auto port = seen_.suggested.port;
        if (taken != nullptr && any && taken->internal != row->internal) {
            auto const other =
                state_.table.choose_port(seen_.protocol, port, client_.address, state_.random);
            if (!other) {
                return upnp_result::no_port_maps_available;
            }
            port = *other;
            taken = nullptr;
        }
        if (auto const error = clash(taken, *row)) {
            return error;
        }
        store(taken, *row, port);
        return {};
    }

    /// What is wrong with a wish, whatever the table holds.
    std::optional<upnp_result> check(igd::port_mapping const& row) const {
        auto const& vices = state_.vices;
        auto const protocol = wire::trimmed(soap::value_of(call_.arguments, "NewProtocol"));
        // TP-Link's ER605 takes TCP and not tcp.
        auto const capitals = protocol == "TCP" || protocol == "UDP";
        if (seen_.protocol == 0 || (vices.has(vice::lower_case_refused) && !capitals)) {
            return upnp_result::invalid_args;
        }
        if (row.external_port == 0) {
            return upnp_result::wildcard_not_permitted_in_ext_port;
        }
        // 1.2: that much is promised to clients that nobody has authenticated.
        auto const foreign =
            state_.options.igd_version >= 2 && row.internal.address != client_.address;
        auto const low = row.external_port < first_unprivileged_port;
        if (foreign || (vices.has(vice::high_ports_only) && low)) {
            return upnp_result::action_not_authorized;
        }
        if (vices.has(vice::equal_ports_only) && row.external_port != row.internal.port) {
            return upnp_result::same_port_values_required;
        }
        if (vices.has(vice::permanent_only) && row.lease != seconds(0)) {
            return upnp_result::only_permanent_leases_supported;
        }
        if (vices.has(vice::only_lease) &&
            row.lease != seconds(vices.value(vice::only_lease).number)) {
            return upnp_result::invalid_args;
        }
        return {};
    }

    /// 2.5.16: what is there already.
    std::optional<upnp_result>
    clash(gateway_mapping const* taken, igd::port_mapping const& row) const {
        if (taken == nullptr) {
            return state_.table.size() >= state_.options.capacity
                       ? std::optional(upnp_result::no_port_maps_available)
                       : std::nullopt;
        }
        if (state_.vices.has(vice::refuses_renewals)) {
            return static_cast<upnp_result>(state_.vices.value(vice::refuses_renewals).number);
        }
        auto const own = taken->internal.address == row.internal.address;
        return own && !state_.vices.has(vice::conflict_with_own)
                   ? std::nullopt
                   : std::optional(upnp_result::conflict_in_mapping_entry);
    }

    void store(gateway_mapping const* taken, igd::port_mapping const& row, std::uint16_t port) {
        auto const& vices = state_.vices;
        auto lease = row.lease;
        if (state_.options.igd_version >= 2) {
            lease = lease == seconds(0) ? igd::longest_lease : std::min(lease, igd::longest_lease);
        }
        auto const for_ever = lease == seconds(0) || vices.has(vice::lease_ignored);
        auto expires = for_ever ? time_point::max() : now_ + lease;
        // miniupnpd before 2.1.
        if (taken != nullptr && vices.has(vice::lease_not_extended)) {
            expires = std::min(expires, taken->expires);
        }
        seen_.assigned = {state_.options.external, port};
        seen_.granted = static_cast<std::uint32_t>(lease.count());
        std::optional<wire::pcp::nonce> nonce;
        if (taken != nullptr) {
            nonce = taken->internal == row.internal ? taken->nonce : nonce;
            state_.table.remove(gateway_mapping{*taken});
        }
        // Tables that are full, and DD-WRT with leases, grant all the same.
        if (vices.has(vice::grants_nothing) ||
            (vices.has(vice::drops_leases) && row.lease != seconds(0))) {
            return;
        }
        state_.table.put(
            {seen_.protocol,
             row.internal,
             seen_.assigned,
             dialect_id::igd,
             nonce,
             expires,
             client_,
             vices.has(vice::other_descriptions) ? "UPnP" : row.description,
             {},
             !vices.has(vice::disabled_entries)}
        );
    }

    gateway_state& state_;
    soap::call const& call_;
    endpoint const& client_;
    time_point now_;
    exchange& seen_;
    bool connected_ = true;
};

soap::reply default_connection(gateway_state const& state) {
    auto const device = std::string(igd_udn) +
                        "-2:WANConnectionDevice:" + std::to_string(state.options.igd_version);
    return soap::answer{
        "GetDefaultConnectionService",
        {{"NewDefaultConnectionService", device + ",urn:upnp-org:serviceId:WANIPConn1"}}};
}

} // namespace

soap::reply perform_action(
    gateway_state& state,
    std::string_view target,
    soap::call const& call,
    endpoint const& client,
    time_point now,
    exchange& seen
) {
    auto const at = [&](std::string_view control) {
        return target.find(control) != std::string_view::npos;
    };
    if (at(forwarding_control)) {
        seen.kind = request_kind::status;
        return call.action == "GetDefaultConnectionService" ? default_connection(state)
                                                            : refuse(upnp_result::invalid_action);
    }
    if (at(firewall_control)) {
        return perform_pinhole_action(state, call, client, now, seen);
    }
    auto const type = at(ppp_control) ? service_urn("WANPPPConnection", 1)
                                      : service_urn("WANIPConnection", state.options.igd_version);
    if (call.service_type != type) {
        return refuse(upnp_result::invalid_action);
    }
    return served_action(state, call, client, now, seen).perform(!at(ppp_control));
}

} // namespace pmp::test
