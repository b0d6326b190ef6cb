// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"
#include "net/locate.hpp"
#include "wire/ssdp.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace pmp {

namespace {

constexpr std::chrono::seconds shortest_retry_pause{1};
constexpr std::chrono::seconds longest_retry_pause{5};

/// Nothing will tell when this has passed, as the network's changes tell of all other errors.
bool is_want(error_code error) {
    using boost::system::errc::errc_t;
    return error == errc_t::too_many_files_open || error == errc_t::too_many_files_open_in_system ||
           error == errc_t::no_buffer_space || error == errc_t::not_enough_memory;
}

bool is_v6(gateway_view const& gateway) {
    return gateway.address.is_v6();
}

bool heeds_notifications(gateway_view const& gateway) {
    auto const& allowed = gateway.protocols;
    return gateway.description_url.empty() &&
           std::find(allowed.begin(), allowed.end(), dialect_id::igd) != allowed.end();
}

} // namespace

/// Looks where each gateway is now, and lets the engine know of those that a socket leads to.
void client::state::refresh() {
    if (phase_ != phase::running && phase_ != phase::releasing) {
        return;
    }
    auto const moves = make_move();
    bool complete = read_routes();
    findings found;
    for (auto const& settings : in_force()) {
        for (auto const family : families_at(settings)) {
            complete = find_gateway(settings, family, found) && complete;
        }
    }
    find_formers(found);
    // The engine asks by the new links, and never by those that they replace.
    auto const before = std::exchange(links_, std::move(found.links));
    listen(found.view);
    engine_.network(found.view, boot_clock::now());
    if (moves && phase_ == phase::running) {
        engine_.desire(desired(), boot_clock::now());
    }
    pump();
    for (auto const& [key, link] : before) {
        auto const now = links_.find(key);
        if (now == links_.end() || now->second != link) {
            link->close();
            close_search(key);
            close_listener(key);
        }
    }
    retry_pause_ = complete
                       ? std::chrono::seconds{}
                       : std::clamp(retry_pause_ * 2, shortest_retry_pause, longest_retry_pause);
    if (!complete) {
        retry_->expires_at(boot_clock::now() + retry_pause_);
    }
}

/// Of which families it is looked for: those of the mappings that are wanted of it, as far as its
/// address is left open.
std::set<address_family> client::state::families_at(gateway_settings const& settings) const {
    if (auto const& given = settings.address ? settings.address : settings.source) {
        return {family_of(*given)};
    }
    std::set<address_family> wanted;
    for (auto const& wish : mappings_) {
        if (wish.gateway == settings.name) {
            wanted.insert(wish.family);
        }
    }
    return wanted.empty() ? std::set{address_family::ipv4} : wanted;
}

/// False where the gateway has to be looked for again without a change, for want of a socket.
bool client::state::find_gateway(
    gateway_settings const& settings, address_family family, findings& found
) {
    auto const& views = found.view.gateways;
    if (std::any_of(views.begin(), views.end(), [&](gateway_view const& known) {
            return known.name == settings.name && family_of(known.address) == family;
        })) {
        return true;
    }
    auto view = net::locate(executor_, settings, routes_, family);
    tell(notice_kind::no_gateway, settings.name, view ? error_code{} : view.error(), family);
    if (!view) {
        return !is_want(view.error());
    }
    auto link = link_to(*view, !settings.interface.empty());
    if (!link) {
        return false;
    }
    found.links.emplace(link_key{view->name, view->internal}, std::move(link));
    found.view.gateways.push_back(std::move(*view));
    return true;
}

/// Addresses of this host that pinholes were opened for, and that have given way to others.
void client::state::find_formers(findings& found) {
    auto const& views = found.view.gateways;
    if (std::none_of(views.begin(), views.end(), is_v6)) {
        return;
    }
    std::vector const present(views.begin(), views.end());
    auto const now = boot_clock::now();
    for (auto const& lease : engine_.remembers().leases) {
        auto const at = std::find_if(present.begin(), present.end(), [&](gateway_view const& v) {
            return is_v6(v) && v.name == lease.gateway && v.address == lease.gateway_address;
        });
        auto const runs = lease.permanent || lease.expires > now;
        if (at == present.end() || !runs ||
            net::owner_of(routes_, lease.internal_address) == nullptr ||
            found.links.count({lease.gateway, lease.internal_address}) != 0) {
            continue;
        }
        auto view = *at;
        view.internal = lease.internal_address;
        view.former = true;
        if (auto link = link_to(view, false)) {
            found.links.emplace(link_key{view.name, view.internal}, std::move(link));
            found.view.gateways.push_back(std::move(view));
        }
    }
}

/// Where they cannot be read, what they were is kept. False: they have to be read again soon.
bool client::state::read_routes() {
    auto read = monitor_->read();
    tell(notice_kind::no_routes, {}, read ? monitor_->deafness() : read.error());
    if (!read) {
        return !is_want(read.error());
    }
    routes_ = std::move(*read);
    return true;
}

/// The link to that gateway, as it is or newly opened; null where it cannot be opened now.
std::shared_ptr<net::udp_link>
client::state::link_to(gateway_view const& view, bool interface_only) {
    net::link_ends const ends{
        view.address,
        view.internal,
        interface_only ? view.interface : std::string{},
        view.interface_index};
    link_key const key{view.name, view.internal};
    auto const known = links_.find(key);
    if (known != links_.end() && known->second->is_open() && known->second->ends() == ends) {
        return known->second;
    }
    auto left = take_left_link(key, ends);
    auto const link = left ? result<std::shared_ptr<net::udp_link>>(std::move(left))
                           : net::udp_link::open(executor_, ends);
    auto const family = family_of(view.address);
    tell(notice_kind::no_socket, view.name, link ? error_code{} : link.error(), family);
    if (!link) {
        return nullptr;
    }
    tell(notice_kind::interface_not_kept, view.name, (*link)->interface_error(), family);
    spawn(hear(shared_from_this(), key, *link));
    return *link;
}

/// The socket from which the devices around that gateway are searched; null where there is none.
std::shared_ptr<net::search_socket> client::state::search_from(link_key const& key) {
    auto const link = links_.find(key);
    auto const known = searches_.find(key);
    if (link == links_.end()) {
        return nullptr;
    }
    if (known != searches_.end() && known->second->is_open() &&
        known->second->ends() == link->second->ends()) {
        return known->second;
    }
    close_search(key);
    auto opened = net::search_socket::open(executor_, link->second->ends());
    if (!opened) {
        return nullptr;
    }
    searches_.insert_or_assign(key, *opened);
    spawn(hear(shared_from_this(), key, *opened));
    return *opened;
}

void client::state::close_search(link_key const& key) {
    if (auto const known = searches_.find(key); known != searches_.end()) {
        known->second->close();
        searches_.erase(known);
    }
}

/// Hears announcements on the interfaces of these gateways, and on no others.
void client::state::listen(network_view const& view) {
    auto const old = std::exchange(listeners_, {});
    for (auto const& gateway : view.gateways) {
        auto const family = family_of(gateway.address);
        std::pair const place{net::announcement_group(family), gateway.interface_index};
        if (listeners_.count(place) == 0) {
            auto const error = listen_at(place, old);
            tell(notice_kind::no_announcements, gateway.interface, error, family);
        }
        if (heeds_notifications(gateway)) {
            // A speed-up and no more: without it the gateway is asked from time to time.
            auto const v4 = family == address_family::ipv4;
            auto const group = v4 ? wire::ssdp::group_v4() : wire::ssdp::group_v6();
            listen_at({group, gateway.interface_index}, old);
        }
    }
    for (auto const& [place, listener] : old) {
        if (listeners_.count(place) == 0) {
            listener->close();
        }
    }
}

error_code client::state::listen_at(listeners::key_type const& place, listeners const& old) {
    if (listeners_.count(place) != 0) {
        return {};
    }
    if (auto const known = old.find(place); known != old.end() && known->second->is_open()) {
        listeners_.insert(*known);
        return {};
    }
    auto opened = net::announcement_listener::open(executor_, place.first, place.second);
    if (!opened) {
        return opened.error();
    }
    spawn(hear(shared_from_this(), {}, *opened));
    listeners_.emplace(place, *opened);
    return {};
}

void client::state::close_sockets() {
    alarm_->close();
    retry_->close();
    monitor_->close();
    for (auto const& [key, link] : links_) {
        link->close();
    }
    for (auto const& [key, socket] : searches_) {
        socket->close();
    }
    for (auto const& run : exchanges_) {
        run->close();
    }
    for (auto const& [place, listener] : listeners_) {
        listener->close();
    }
    for (auto const& [name, listener] : notified_at_) {
        listener->close();
    }
    notified_at_.clear();
    searches_.clear();
    links_.clear();
    listeners_.clear();
}

std::string_view to_string(notice_kind kind) {
    switch (kind) {
    case notice_kind::no_routes: return "no routes";
    case notice_kind::no_gateway: return "no gateway";
    case notice_kind::no_socket: return "no socket";
    case notice_kind::interface_not_kept: return "interface not kept";
    case notice_kind::not_sent: return "not sent";
    case notice_kind::no_announcements: return "no announcements";
    }
    return "";
}

} // namespace pmp
