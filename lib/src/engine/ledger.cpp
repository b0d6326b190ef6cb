// SPDX-License-Identifier: MIT
#include "engine/ledger.hpp"

#include "engine/siphash.hpp"
#include "wire/bytes.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace pmp {

namespace {

/// Gateways come and go with every network that a laptop visits: beyond this many the leases that
/// ran out longest ago are forgotten.
constexpr std::size_t max_leases = 20'000;
/// To find them takes a look at all.
constexpr std::ptrdiff_t forgotten_at_once = 1000;

template <class Leases>
void forget_oldest(Leases& leases) {
    std::vector<typename Leases::iterator> all;
    all.reserve(leases.size());
    for (auto at = leases.begin(); at != leases.end(); ++at) {
        all.push_back(at);
    }
    auto const last = all.begin() + forgotten_at_once;
    std::nth_element(all.begin(), last, all.end(), [](auto const& a, auto const& b) {
        return std::tuple(a->second.permanent, a->second.expires) <
               std::tuple(b->second.permanent, b->second.expires);
    });
    std::for_each(all.begin(), last, [&](auto const& each) { leases.erase(each); });
}

} // namespace

lease_key key_of(mapping const& m) {
    // This host's own address is one key, of whichever family it was left open.
    auto const own = m.internal.address.is_unspecified();
    return {m.protocol, {own ? ip_address() : m.internal.address, m.internal.port}};
}

lease_key key_of(remembered_lease const& r) {
    lease_key out{r.protocol, {r.host, r.internal_port}};
    if (r.left_behind) {
        out.left = left_at(r.assigned.port, r.allow);
    }
    return out;
}

mapping mapping_of(remembered_lease const& r) {
    mapping m;
    m.name = r.mapping;
    m.protocol = r.protocol;
    m.family = family_of(r.internal_address);
    m.internal = {r.host, r.internal_port};
    m.suggested = {boost::asio::ip::address_v4(), r.suggested_port};
    m.gateway = r.gateway;
    m.allow = r.allow;
    m.description = r.description;
    return m;
}

lease lease_of(remembered_lease const& r) {
    lease l;
    l.mapping = r.mapping;
    l.via = r.via;
    l.protocol = r.protocol;
    l.gateway = {r.gateway_address, gateway_port};
    l.internal = {r.host.is_unspecified() ? r.internal_address : r.host, r.internal_port};
    l.assigned = r.assigned;
    l.expires = r.expires;
    l.permanent = r.permanent;
    return l;
}

address_family family_of(ip_address const& address) {
    return address.is_v4() ? address_family::ipv4 : address_family::ipv6;
}

std::string described(std::string const& name, std::string const& description) {
    return description.empty() ? "pmpd " + name : description;
}

ledger::ledger(memory known) : secret_(known.secret) {
    for (auto& lease : known.leases) {
        note(std::move(lease));
    }
}

ledger::place ledger::place_of(gateway_view const& gateway, lease_key const& key) {
    return {gateway.name, gateway.address, gateway.internal, key};
}

ledger::place ledger::place_of(remembered_lease const& r) {
    return {r.gateway, r.gateway_address, r.internal_address, key_of(r)};
}

std::array<std::byte, 12> ledger::nonce(ip_address const& gateway, lease_key const& key) const {
    wire::writer message;
    message.ip128(gateway)
        .u8(static_cast<std::uint8_t>(key.protocol))
        .ip128(key.internal.address)
        .u16(key.internal.port);
    auto const hash = siphash(secret_, std::move(message).take());
    std::array<std::byte, 12> nonce{};
    std::copy_n(hash.begin(), nonce.size(), nonce.begin());
    return nonce;
}

void ledger::note(gateway_view const& gateway, mapping const& m, lease const& l) {
    leases_.insert_or_assign(
        place_of(gateway, pmp::key_of(m)),
        remembered_lease{
            m.name,
            gateway.name,
            gateway.address,
            gateway.internal,
            l.via,
            m.protocol,
            m.internal.port,
            m.suggested.port,
            l.assigned,
            l.expires,
            l.permanent,
            m.internal.address,
            m.allow,
            m.description,
            false,
        }
    );
    if (leases_.size() > max_leases) {
        forget_oldest(leases_);
    }
}

void ledger::note(remembered_lease lease) {
    auto const at = place_of(lease);
    leases_.insert_or_assign(at, std::move(lease));
}

void ledger::forget(remembered_lease const& ended) {
    leases_.erase(place_of(ended));
}

void ledger::forget(gateway_view const& gateway, lease_key const& key) {
    leases_.erase(place_of(gateway, key));
}

void ledger::rename(gateway_view const& to, std::set<std::string> const& names) {
    std::vector<remembered_lease> renamed;
    for (auto at = leases_.begin(); at != leases_.end();) {
        auto const& lease = at->second;
        auto const is_there = lease.gateway_address == to.address &&
                              lease.internal_address == to.internal &&
                              names.count(lease.gateway) == 0;
        if (is_there) {
            renamed.push_back(lease);
        }
        at = is_there ? leases_.erase(at) : std::next(at);
    }
    for (auto& lease : renamed) {
        lease.gateway = to.name;
        auto const at = place_of(lease);
        leases_.try_emplace(at, std::move(lease));
    }
}

remembered_lease const* ledger::find(gateway_view const& gateway, lease_key const& key) const {
    auto const at = leases_.find(place_of(gateway, key));
    return at != leases_.end() ? &at->second : nullptr;
}

std::optional<endpoint> ledger::recall(gateway_view const& gateway, mapping const& m) const {
    auto const* known = find(gateway, pmp::key_of(m));
    if (known == nullptr || known->suggested_port != m.suggested.port) {
        return {};
    }
    return known->assigned;
}

std::map<lease_key, remembered_lease>
ledger::running(gateway_view const& gateway, time_point now) const {
    std::map<lease_key, remembered_lease> found;
    auto const first = place_of(gateway, {});
    auto const same_gateway = [&](place const& p) {
        return p.gateway == first.gateway && p.gateway_address == first.gateway_address &&
               p.internal_address == first.internal_address;
    };
    for (auto const& [at, lease] : leases_) {
        if (same_gateway(at) && (lease.permanent || lease.expires > now)) {
            found.emplace(at.key, lease);
        }
    }
    return found;
}

memory ledger::snapshot() const {
    memory out{secret_, {}};
    out.leases.reserve(leases_.size());
    for (auto const& [at, lease] : leases_) {
        out.leases.push_back(lease);
    }
    return out;
}

} // namespace pmp
