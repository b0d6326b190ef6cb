// SPDX-License-Identifier: MIT
#include "support/igd_pinholes_served.hpp"

#include "support/igd_description_writer.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

namespace pmp::test {

namespace {

namespace soap = wire::soap;
using std::chrono::seconds;

constexpr std::uint32_t longest_lease = 86400;
constexpr std::uint32_t most_of_16_bits = 65535;

template <class Result>
soap::reply refuse(Result code) {
    return soap::upnp_error{static_cast<int>(code), ""};
}

/// One action, asked for by one client.
class served_pinhole_action {
public:
    served_pinhole_action(
        gateway_state& state,
        soap::call const& call,
        endpoint const& client,
        time_point now,
        exchange& seen
    )
        : state_(state), call_(call), client_(client), now_(now), seen_(seen) {}

    soap::reply perform() {
        using self = served_pinhole_action;
        struct action {
            std::string_view name;
            request_kind kind;
            vice error;
            soap::reply (self::*serve)();
        };
        constexpr std::array actions = {
            action{
                "GetFirewallStatus", request_kind::status, vice::upnp_status_error, &self::status},
            action{"AddPinhole", request_kind::map, vice::refuses, &self::add},
            action{"UpdatePinhole", request_kind::map, vice::refuses_renewals, &self::update},
            action{"DeletePinhole", request_kind::remove, vice::refuses_deletions, &self::remove},
            action{"GetPinholePackets", request_kind::look, vice::upnp_read_error, &self::look},
        };
        auto const* const found = std::find_if(actions.begin(), actions.end(), [&](auto const& a) {
            return a.name == call_.action;
        });
        if (found == actions.end()) {
            return refuse(upnp_result::invalid_action);
        }
        seen_.kind = found->kind;
        for (auto const id : {vice::upnp_error, found->error}) {
            if (state_.vices.has(id)) {
                return soap::upnp_error{static_cast<int>(state_.vices.value(id).number), ""};
            }
        }
        if (found->kind != request_kind::status) {
            if (state_.vices.has(vice::firewall_off)) {
                return refuse(upnp_firewall_result::firewall_disabled);
            }
            if (state_.vices.has(vice::pinholes_forbidden)) {
                return refuse(upnp_firewall_result::inbound_pinhole_not_allowed);
            }
        }
        return (this->*found->serve)();
    }

private:
    soap::reply answer(std::vector<soap::argument> arguments) const {
        return soap::answer{call_.action, std::move(arguments)};
    }

    std::optional<std::uint32_t> number(std::string_view name, std::uint32_t most) const {
        auto const value = wire::number(soap::value_of(call_.arguments, name));
        return value && *value <= most ? value : std::nullopt;
    }

    soap::reply status() {
        auto const& vices = state_.vices;
        return answer({
            {"FirewallEnabled", vices.has(vice::firewall_off) ? "0" : "1"},
            {"InboundPinholeAllowed", vices.has(vice::pinholes_forbidden) ? "0" : "1"},
        });
    }

    soap::reply add() {
        auto const remote_port = number("RemotePort", most_of_16_bits);
        auto const port = number("InternalPort", most_of_16_bits);
        auto const protocol = number("Protocol", most_of_16_bits);
        auto const lease = number("LeaseTime", longest_lease);
        error_code unreadable;
        auto const told = std::string(soap::value_of(call_.arguments, "InternalClient"));
        auto const internal = boost::asio::ip::make_address(told, unreadable);
        if (!remote_port || !port || !protocol || !lease || *lease == 0 || unreadable) {
            return refuse(upnp_result::invalid_args);
        }
        seen_.protocol = static_cast<std::uint8_t>(*protocol);
        seen_.internal = {internal, static_cast<std::uint16_t>(*port)};
        seen_.lifetime = *lease;
        if (internal.is_v4() || internal != client_.address) {
            return refuse(upnp_result::action_not_authorized);
        }
        if (*protocol != static_cast<std::uint32_t>(transport::tcp) &&
            *protocol != static_cast<std::uint32_t>(transport::udp)) {
            return refuse(upnp_firewall_result::protocol_not_supported);
        }
        if (*port == 0) {
            return refuse(upnp_firewall_result::internal_port_wildcarding_not_allowed);
        }
        auto const known = state_.table.find(seen_.protocol, seen_.internal) != nullptr;
        if (!known && state_.table.size() >= state_.options.capacity) {
            return refuse(upnp_firewall_result::pinhole_space_exhausted);
        }
        open(*lease);
        return answer({{"UniqueID", std::to_string(name_it())}});
    }

    /// The five values that make a pinhole one and the same keep its name.
    std::uint16_t name_it() {
        auto& all = state_.igd.pinholes;
        std::pair const wanted{seen_.protocol, seen_.internal};
        auto const known = std::find_if(all.begin(), all.end(), [&](auto const& each) {
            return each.second == wanted;
        });
        if (known != all.end()) {
            return known->first;
        }
        auto const name = state_.igd.next_pinhole++;
        all.emplace(name, wanted);
        return name;
    }

    void open(std::uint32_t lease) {
        seen_.assigned = seen_.internal;
        seen_.granted = lease;
        std::optional<wire::pcp::nonce> nonce;
        if (auto const* known = state_.table.find(seen_.protocol, seen_.internal)) {
            nonce = known->nonce;
            state_.table.remove(gateway_mapping{*known});
        }
        state_.table.put(
            {seen_.protocol,
             seen_.internal,
             seen_.internal,
             dialect_id::igd,
             nonce,
             now_ + seconds(lease),
             client_,
             ""}
        );
    }

    /// Why the pinhole of that name is not to be had; `seen` names it otherwise.
    std::optional<soap::reply> lacks_pinhole() {
        auto const name = number("UniqueID", most_of_16_bits);
        auto const& all = state_.igd.pinholes;
        auto const at = name ? all.find(static_cast<std::uint16_t>(*name)) : all.end();
        if (at == all.end() || state_.table.find(at->second.first, at->second.second) == nullptr) {
            return refuse(upnp_firewall_result::no_such_entry);
        }
        std::tie(seen_.protocol, seen_.internal) = at->second;
        if (seen_.internal.address != client_.address) {
            return refuse(upnp_result::action_not_authorized);
        }
        return {};
    }

    soap::reply update() {
        auto const lease = number("NewLeaseTime", longest_lease);
        if (auto const lack = lacks_pinhole()) {
            return *lack;
        }
        if (!lease || *lease == 0) {
            return refuse(upnp_result::invalid_args);
        }
        seen_.lifetime = *lease;
        open(*lease);
        return answer({});
    }

    soap::reply remove() {
        if (auto const lack = lacks_pinhole()) {
            return *lack;
        }
        state_.table.remove(gateway_mapping{*state_.table.find(seen_.protocol, seen_.internal)});
        return answer({});
    }

    soap::reply look() {
        if (auto const lack = lacks_pinhole()) {
            return *lack;
        }
        return answer({{"PinholePackets", "0"}});
    }

    gateway_state& state_;
    soap::call const& call_;
    endpoint const& client_;
    time_point now_;
    exchange& seen_;
};

} // namespace

soap::reply perform_pinhole_action(
    gateway_state& state,
    soap::call const& call,
    endpoint const& client,
    time_point now,
    exchange& seen
) {
    if (call.service_type != service_urn("WANIPv6FirewallControl", 1)) {
        return refuse(upnp_result::invalid_action);
    }
    return served_pinhole_action(state, call, client, now, seen).perform();
}

} // namespace pmp::test
