// SPDX-License-Identifier: MIT
#include "net/locate.hpp"

#include "net/source_address.hpp"

#include <boost/asio/error.hpp>

#include <optional>
#include <string>

namespace pmp::net {

namespace asio = boost::asio;

namespace {

/// Whether a datagram from that address may leave by the candidate's interface. A loopback
/// interface's addresses may leave by any.
bool fits(ip_address const& source, gateway_candidate const& candidate, route_snapshot const& now) {
    auto const* const owner = owner_of(now, source);
    return candidate.interface_index == 0 || owner == nullptr || owner->loopback ||
           owner->index == candidate.interface_index;
}

/// The address of this host towards the candidate. Where a policy leads only what comes from the
/// interface's own addresses by that interface, those are tried in turn.
result<ip_address> internal_towards(
    asio::any_io_executor const& executor,
    gateway_candidate const& candidate,
    route_snapshot const& snapshot
) {
    std::string const only = candidate.interface_only ? candidate.interface : std::string {};
    auto chosen = source_towards(executor, candidate.gateway, only, candidate.source);
    if (candidate.source || (chosen && fits(*chosen, candidate, snapshot))) {
        return chosen;
    }
    if (auto const* const interface = find_interface(snapshot, candidate.interface_index)) {
        for (auto const& local : interface->addresses) {
            if (local.address.is_v4() == candidate.gateway.is_v4()) {
                auto bound = source_towards(executor, candidate.gateway, only, local.address);
                if (bound) {
                    return bound;
                }
            }
        }
    }
    return chosen ? asio::error::network_unreachable : chosen.error();
}

/// RFC 6887 8.4: a pinhole is for the address that asks for it, which is to be a global one that
/// stays. `chosen` is what the system would take.
result<ip_address> pinhole_address(
    asio::any_io_executor const& executor,
    gateway_candidate const& candidate,
    route_snapshot const& snapshot,
    ip_address const& chosen
) {
    auto const* owner = find_interface(snapshot, candidate.interface_index);
    owner = owner != nullptr ? owner : owner_of(snapshot, chosen);
    if (owner != nullptr && owner->loopback) {
        return chosen;
    }
    auto const lasting = owner != nullptr ? lasting_global(*owner) : std::nullopt;
    if (lasting) {
        auto const only = candidate.interface_only ? candidate.interface : std::string {};
        return source_towards(executor, candidate.gateway, only, lasting);
    }
    return chosen.to_v6().is_link_local() ? result<ip_address>(boost::system::errc::make_error_code(
                                                boost::system::errc::address_not_available
                                            ))
                                          : chosen;
}

result<gateway_view> reach(
    asio::any_io_executor const& executor,
    gateway_settings const& settings,
    gateway_candidate const& candidate,
    route_snapshot const& snapshot
) {
    auto internal = internal_towards(executor, candidate, snapshot);
    if (internal && internal->is_v6() && !candidate.source) {
        internal = pinhole_address(executor, candidate, snapshot, *internal);
    }
    if (!internal) {
        return internal.error();
    }
    gateway_view view;
    view.name = settings.name;
    view.address = candidate.gateway;
    view.internal = *internal;
    view.interface = candidate.interface;
    view.interface_index = candidate.interface_index;
    view.protocols = settings.protocols;
    if (view.address.is_v6()) {
        // It has no words for IPv6.
        std::erase(view.protocols, dialect_id::nat_pmp);
    }
    view.description_url = settings.description_url;
    auto const* const owner = owner_of(snapshot, *internal);
    if (view.interface_index == 0 && owner != nullptr &&
        owner->loopback == view.address.is_loopback()) {
        view.interface = owner->name;
        view.interface_index = owner->index;
    }
    if (owner != nullptr && !owner->running) {
        return asio::error::network_down;
    }
    return view;
}

} // namespace

result<gateway_view> locate(
    asio::any_io_executor const& executor,
    gateway_settings const& settings,
    route_snapshot const& snapshot,
    address_family family
) {
    result<gateway_view> found = asio::error::network_unreachable;
    auto const& interface = settings.interface;
    if (!interface.empty() && find_interface(snapshot, interface) == nullptr &&
        !snapshot.interfaces.empty()) {
        return make_error_code(boost::system::errc::no_such_device);
    }
    for (auto const& candidate : candidates(settings, snapshot, family)) {
        found = reach(executor, settings, candidate, snapshot);
        if (found) {
            break;
        }
    }
    return found;
}

} // namespace pmp::net
