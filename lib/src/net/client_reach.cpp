// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"
#include "net/locate.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace pmp {

namespace asio = boost::asio;

bool put_first(std::vector<dialect_id>& protocols, dialect_id one) {
    auto const found = std::find(protocols.begin(), protocols.end(), one);
    if (found == protocols.end()) {
        return false;
    }
    std::rotate(protocols.begin(), found, found + 1);
    return true;
}

result<client::state::target>
client::state::reach(std::string const& gateway, address_family family) {
    auto const settings = std::find_if(gateways_.begin(), gateways_.end(), [&](auto const& s) {
        return s.name == gateway;
    });
    return settings != gateways_.end() ? reach(*settings, family)
                                       : result<target>(asio::error::invalid_argument);
}

/// Only a gateway that has to be found, and an address for pinholes, need the system's tables.
result<client::state::target>
client::state::reach(gateway_settings const& settings, address_family family) {
    if (auto const& given = settings.address ? settings.address : settings.source) {
        family = family_of(*given);
    }
    auto const& allowed = settings.protocols;
    auto const is_spoken = [](auto id) { return id == dialect_id::igd || find_dialect(id); };
    if (std::none_of(allowed.begin(), allowed.end(), is_spoken)) {
        return asio::error::operation_not_supported;
    }
    result<net::route_snapshot> routes = net::route_snapshot{};
    if (!settings.address || family == address_family::ipv6) {
        routes = net::read_routes(executor_);
    }
    if (!routes) {
        return routes.error();
    }
    auto view = net::locate(executor_, settings, *routes, family);
    if (!view) {
        return view.error();
    }
    if (view->protocols.empty()) {
        return asio::error::operation_not_supported;
    }
    auto const interface = settings.interface.empty() ? std::string{} : view->interface;
    auto link = net::udp_link::open(
        executor_, {view->address, view->internal, interface, view->interface_index}
    );
    if (!link) {
        return link.error();
    }
    target found{std::move(*view), std::move(*link)};
    if (settings.address) {
        found.range = net::search_range::gateway;
    }
    if (auto const* const hint = hint_of(found.view.address)) {
        // Put first, UPnP would make the others wait for it; and gateways of one address are many.
        found.worked_by_igd = hint->via == dialect_id::igd;
        found.hinted = !found.worked_by_igd && put_first(found.view.protocols, hint->via);
        found.maps_for_address = hint->maps_for_address;
    }
    return found;
}

/// The gateway of a mapping that no run keeps.
result<client::state::target> client::state::reach_for(mapping& wish) {
    if (wish.internal.port == 0) {
        return asio::error::invalid_argument;
    }
    auto const kept = [&](mapping const& other) {
        return other.gateway == wish.gateway && other.protocol == wish.protocol &&
               other.internal == wish.internal && other.family == wish.family;
    };
    if (phase_ != phase::idle && std::any_of(mappings_.begin(), mappings_.end(), kept)) {
        return asio::error::already_started;
    }
    auto found = reach(wish.gateway, wish.family);
    if (found) {
        wish.family = family_of(found->view.address);
    }
    if (found && wish.internal.address == found->view.internal) {
        wish.internal.address = asio::ip::address_v4();
    }
    return found;
}

} // namespace pmp
