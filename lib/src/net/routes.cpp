// SPDX-License-Identifier: MIT
#include "net/routes.hpp"

#include <boost/asio/ip/network_v4.hpp>

#include <algorithm>
#include <tuple>

namespace pmp::net {

namespace {

namespace ip = boost::asio::ip;

/// The interface takes every address of the prefix as its own, as Linux does with 127.0.0.0/8.
bool covers(local_address const& local, ip_address const& address) {
    if (!local.address.is_v4() || !address.is_v4() || local.prefix_length > 32) {
        return false;
    }
    auto const length = static_cast<unsigned short>(local.prefix_length);
    return ip::network_v4{local.address.to_v4(), length}.canonical() ==
           ip::network_v4{address.to_v4(), length}.canonical();
}

bool has(interface_state const& interface, ip_address const& address) {
    return std::any_of(
        interface.addresses.begin(),
        interface.addresses.end(),
        [&](local_address const& local) {
            return local.address == address || (interface.loopback && covers(local, address));
        }
    );
}

/// The interface that a gateway's settings confine it to, by name or by source.
struct confinement {
    interface_state const* interface = nullptr;
    /// It is confined to an interface that cannot be used now.
    bool broken = false;
};

confinement confine(gateway_settings const& settings, route_snapshot const& snapshot) {
    confinement result;
    if (!settings.interface.empty()) {
        result.interface = find_interface(snapshot, settings.interface);
        // Where no interface is known at all, the sockets will tell.
        result.broken = result.interface == nullptr && !snapshot.interfaces.empty();
    } else if (settings.source) {
        result.interface = owner_of(snapshot, *settings.source);
        // An address of the loopback interface may be sent from by any other.
        if (result.interface != nullptr && result.interface->loopback) {
            result.interface = nullptr;
        }
    }
    if (result.interface != nullptr && !result.interface->running) {
        result.broken = true;
    }
    return result;
}

bool better(default_route const& a, default_route const& b) {
    auto const rank = [](default_route const& route) {
        return std::tuple{route.table != main_table, route.metric};
    };
    return rank(a) < rank(b);
}

bool is_of(address_family family, ip_address const& address) {
    return address.is_v4() == (family == address_family::ipv4);
}

bool usable(default_route const& route, route_snapshot const& snapshot) {
    auto const* const interface = find_interface(snapshot, route.interface_index);
    return route.alive && !route.gateway.is_unspecified() && interface != nullptr &&
           interface->running;
}

/// 2000::/3, which is all that has been given out so far.
bool is_global(ip_address const& address) {
    return address.is_v6() && (address.to_v6().to_bytes()[0] & 0xe0U) == 0x20U;
}

/// A link-local address means nothing without its interface.
ip_address scoped(ip_address const& gateway, interface_state const& interface) {
    if (!gateway.is_v6() || !gateway.to_v6().is_link_local() || gateway.to_v6().scope_id() != 0) {
        return gateway;
    }
    return ip::address_v6(gateway.to_v6().to_bytes(), interface.index);
}

} // namespace

interface_state const* find_interface(route_snapshot const& snapshot, unsigned index) {
    auto const found = std::find_if(
        snapshot.interfaces.begin(),
        snapshot.interfaces.end(),
        [&](interface_state const& interface) { return interface.index == index; }
    );
    return found == snapshot.interfaces.end() ? nullptr : &*found;
}

interface_state const* find_interface(route_snapshot const& snapshot, std::string const& name) {
    auto const found = std::find_if(
        snapshot.interfaces.begin(),
        snapshot.interfaces.end(),
        [&](interface_state const& interface) { return interface.name == name; }
    );
    return found == snapshot.interfaces.end() ? nullptr : &*found;
}

interface_state const* owner_of(route_snapshot const& snapshot, ip_address const& address) {
    interface_state const* owner = nullptr;
    for (auto const& interface : snapshot.interfaces) {
        if (has(interface, address)) {
            if (owner != nullptr) {
                return nullptr;
            }
            owner = &interface;
        }
    }
    return owner;
}

std::optional<ip_address> lasting_global(interface_state const& interface) {
    std::optional<ip_address> temporary;
    for (auto const& local : interface.addresses) {
        if (!is_global(local.address) || local.deprecated) {
            continue;
        }
        if (!local.temporary) {
            return local.address;
        }
        temporary = temporary.value_or(local.address);
    }
    return temporary;
}

std::vector<gateway_candidate> candidates(
    gateway_settings const& settings, route_snapshot const& snapshot, address_family family
) {
    auto const confined = confine(settings, snapshot);
    if (confined.broken || (settings.address && !is_of(family, *settings.address))) {
        return {};
    }
    bool const interface_only = !settings.interface.empty();
    if (settings.address) {
        gateway_candidate candidate{*settings.address, settings.interface, 0, interface_only, {}};
        candidate.source = settings.source;
        if (confined.interface != nullptr) {
            candidate.interface = confined.interface->name;
            candidate.interface_index = confined.interface->index;
            candidate.gateway = scoped(candidate.gateway, *confined.interface);
        }
        return {candidate};
    }

    auto routes = snapshot.default_routes;
    std::erase_if(routes, [&](default_route const& route) {
        return !is_of(family, route.gateway) || !usable(route, snapshot) ||
               (confined.interface != nullptr && confined.interface->index != route.interface_index
               );
    });
    std::stable_sort(routes.begin(), routes.end(), better);
    std::vector<gateway_candidate> result;
    for (auto const& route : routes) {
        auto const* const interface = find_interface(snapshot, route.interface_index);
        result.push_back(
            {route.gateway, interface->name, interface->index, interface_only, settings.source}
        );
    }
    return result;
}

} // namespace pmp::net
