// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"

#include <algorithm>

namespace pmp {

namespace {

/// Networks that a laptop visits: those of the longest ago are forgotten.
constexpr std::size_t most_hints = 64;

bool is_same(remembered_lease const& a, remembered_lease const& b) {
    return a.gateway == b.gateway && a.gateway_address == b.gateway_address &&
           a.internal_address == b.internal_address && a.host == b.host &&
           a.protocol == b.protocol && a.internal_port == b.internal_port &&
           a.left_behind == b.left_behind && (!a.left_behind || a.assigned == b.assigned);
}

bool is_of(remembered_lease const& lease, mapping const& wish, gateway_view const& gateway) {
    return lease.gateway == gateway.name && lease.gateway_address == gateway.address &&
           lease.internal_address == gateway.internal && lease.protocol == wish.protocol &&
           lease.host == wish.internal.address && lease.internal_port == wish.internal.port &&
           !lease.left_behind;
}

} // namespace

dialect_hint const* client::state::hint_of(ip_address const& gateway) const {
    auto const found = std::find_if(hints_.begin(), hints_.end(), [&](auto const& hint) {
        return hint.gateway_address == gateway;
    });
    return found != hints_.end() ? &*found : nullptr;
}

/// It has told nothing new of how it tells its address.
void client::state::note_working(ip_address const& gateway, dialect_id via) {
    auto const* const before = hint_of(gateway);
    note_hint({gateway, via, before != nullptr && before->maps_for_address});
}

void client::state::note_hint(dialect_hint const& hint) {
    std::erase_if(hints_, [&](auto const& other) {
        return other.gateway_address == hint.gateway_address;
    });
    hints_.insert(hints_.begin(), hint);
    hints_.resize(std::min(hints_.size(), most_hints));
}

void client::state::note_lease(remembered_lease const& lease) {
    forget_lease(lease);
    auto const now = boot_clock::now();
    std::erase_if(granted_, [&](auto const& other) { return other.expires <= now; });
    granted_.push_back(lease);
}

void client::state::note_beforehand(std::vector<remembered_lease> const& leases) {
    for (auto const& each : leases) {
        note_lease(each);
    }
    if (memory_handler_) {
        memory_handler_(remembers());
    }
}

void client::state::forget_lease(remembered_lease const& lease) {
    std::erase_if(granted_, [&](auto const& other) { return is_same(lease, other); });
    engine_.forget(lease);
}

void client::state::forget_granted(lease const& ended) {
    std::erase_if(granted_, [&](remembered_lease const& other) {
        auto const& inside = other.host.is_unspecified() ? other.internal_address : other.host;
        return other.gateway_address == ended.gateway.address && other.protocol == ended.protocol &&
               endpoint{inside, other.internal_port} == ended.internal;
    });
}

memory client::state::remembers() const {
    auto known = engine_.remembers();
    for (auto const& each : granted_) {
        auto const same = [&each](auto const& other) { return is_same(each, other); };
        // A run that has taken it over knows better.
        if (std::none_of(known.leases.begin(), known.leases.end(), same)) {
            known.leases.push_back(each);
        }
    }
    known.hints = hints_;
    return known;
}

/// Its gateway knows it by that link from now on.
void client::state::leave_link(net::one_shot const& shot) {
    auto const& view = shot.gateway();
    auto& left = left_links_[{view.name, view.internal}];
    if (left) {
        left->close();
    }
    left = shot.link();
}

/// Null where none is there that leads to the same gateway in the same way.
std::shared_ptr<net::udp_link>
client::state::take_left_link(link_key const& key, net::link_ends const& ends) {
    auto const found = left_links_.find(key);
    if (found == left_links_.end()) {
        return nullptr;
    }
    auto out = std::move(found->second);
    left_links_.erase(found);
    // Where the gateway was named, its interface was not looked up before.
    out->at_interface(ends.interface_index);
    if (!out->is_open() || out->ends() != ends) {
        out->close();
        return nullptr;
    }
    return out;
}

/// What an engine has to know for that mapping alone: others it would release.
memory client::state::known_of(mapping const& wish, gateway_view const& gateway) const {
    auto known = remembers();
    std::erase_if(known.leases, [&](auto const& lease) { return !is_of(lease, wish, gateway); });
    return known;
}

/// Remembered, or described as those are that are given no description, by pmpd or by pmp.
bool client::state::is_ours(table_entry const& entry, gateway_view const& gateway) const {
    bool const has_our_name =
        entry.description.rfind("pmpd ", 0) == 0 || entry.description.rfind("pmp ", 0) == 0;
    if (entry.internal.address == gateway.internal && has_our_name) {
        return true;
    }
    auto const leases = remembers().leases;
    // Some gateways do not tell where their entries lead.
    auto const untold = entry.internal.address.is_unspecified();
    return std::any_of(leases.begin(), leases.end(), [&](remembered_lease const& each) {
        auto const& host = each.host.is_unspecified() ? each.internal_address : each.host;
        auto const& inside = untold ? entry.internal.address : host;
        return each.gateway_address == gateway.address && each.protocol == entry.protocol &&
               each.assigned.port == entry.external_port &&
               endpoint{inside, each.internal_port} == entry.internal;
    });
}

} // namespace pmp
