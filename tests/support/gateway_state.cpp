// SPDX-License-Identifier: MIT
#include "support/gateway_state.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace pmp::test {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr auto for_ever = std::numeric_limits<std::uint32_t>::max();

bool differs(ip_address const& suggested, ip_address const& external) {
    return !suggested.is_unspecified() && suggested != external;
}

} // namespace

epoch_clock::epoch_clock(time_point now, seconds uptime) : since_(now), value_(uptime) {}

nanoseconds epoch_clock::elapsed(time_point now) const {
    return value_ + (now - since_) / 100 * percent_;
}

std::uint32_t epoch_clock::at(time_point now) const {
    auto const whole = std::chrono::duration_cast<seconds>(elapsed(now)).count();
    return static_cast<std::uint32_t>(std::max<seconds::rep>(whole, 0));
}

void epoch_clock::reset(time_point now) {
    since_ = now;
    value_ = nanoseconds{0};
}

void epoch_clock::run_at(std::int64_t percent, time_point now) {
    value_ = elapsed(now);
    since_ = now;
    percent_ = percent;
}

bool gateway_state::speaks(dialect_id dialect) const {
    auto const& spoken = options.protocols;
    return std::find(spoken.begin(), spoken.end(), dialect) != spoken.end();
}

bool gateway_state::has_external_address() const {
    return !options.external.is_unspecified();
}

gateway_mapping const* gateway_state::existing(mapping_wish const& wish) const {
    // Renewed with another suggested port than the assigned one, miniupnpd has two mappings of one
    // internal port.
    if (vices.has(vice::second_mapping_on_other_suggestion) && wish.suggested.port != 0) {
        return table.find(wish.protocol, wish.internal, wish.suggested.port);
    }
    return table.find(wish.protocol, wish.internal);
}

std::optional<std::uint16_t>
gateway_state::port_for(mapping_wish const& wish, gateway_mapping const* known) {
    auto const client = wish.internal.address;
    if (known != nullptr) {
        // VPN gateways that assign a new port at each renewal.
        if (vices.has(vice::grants_other_port_each_renewal)) {
            return table.choose_port(wish.protocol, 0, client, random);
        }
        return known->external.port;
    }
    // RFC 6887 11.2: a client has to cope with a suggestion that is never granted.
    if (vices.has(vice::grants_other_port) && wish.suggested.port != 0) {
        auto const next = static_cast<std::uint16_t>(wish.suggested.port + 1);
        return table.choose_port(wish.protocol, next, client, random);
    }
    return table.choose_port(wish.protocol, wish.suggested.port, client, random);
}

std::uint32_t gateway_state::lifetime_for(mapping_wish const& wish) const {
    if (vices.has(vice::lifetime_max)) {
        return for_ever;
    }
    // ProtonVPN grants a minute, whatever is asked.
    if (vices.has(vice::short_leases)) {
        return static_cast<std::uint32_t>(vices.value(vice::short_leases).number);
    }
    auto lifetime = seconds{wish.lifetime};
    // RFC 6886 3.3: a gateway never grants more than was asked; RFC 6887 15 has a minimum.
    if (wish.via == dialect_id::pcp) {
        lifetime = std::max(lifetime, options.min_lifetime);
    }
    lifetime = std::min(lifetime, options.max_lifetime);
    if (vices.has(vice::shortens_lifetimes)) {
        lifetime = std::min(lifetime, seconds{vices.value(vice::shortens_lifetimes).number});
    }
    return static_cast<std::uint32_t>(lifetime.count());
}

std::variant<granted_mapping, pcp_result>
gateway_state::grant(mapping_wish const& wish, time_point now) {
    // An IPv6 pinhole lets through what is addressed to the host itself.
    auto const pinhole = wish.internal.address.is_v6();
    auto const external = pinhole ? wish.internal.address : options.external;
    auto const* const known = existing(wish);
    if (known == nullptr && table.size() >= options.capacity) {
        return pcp_result::no_resources;
    }
    auto const port = pinhole ? std::optional(wish.internal.port) : port_for(wish, known);
    if (!port) {
        return pcp_result::no_resources;
    }
    // RFC 6887 13.2. miniupnpd assigns another port all the same.
    if (wish.exact && !vices.has(vice::ignores_prefer_failure) &&
        (*port != wish.suggested.port || differs(wish.suggested.address, external))) {
        return pcp_result::cannot_provide_external;
    }

    granted_mapping const granted{{external, *port}, lifetime_for(wish)};
    // A success that opens nothing: taken at its word, it is asked for without end.
    if (vices.has(vice::grants_zero_lifetime)) {
        return granted_mapping{granted.external, 0};
    }
    auto nonce = wish.nonce;
    auto filters =
        wish.filters.value_or(known != nullptr ? known->filters : std::vector<wire::pcp::filter>{});
    if (known != nullptr) {
        nonce = known->nonce && wish.nonce ? known->nonce : wish.nonce;
        table.remove(gateway_mapping{*known});
    }
    auto const expires =
        granted.lifetime == for_ever ? time_point::max() : now + seconds{granted.lifetime};
    table.put(
        {wish.protocol,
         wish.internal,
         granted.external,
         wish.via,
         nonce,
         expires,
         wish.client,
         wish.description,
         std::move(filters)}
    );
    return granted;
}

} // namespace pmp::test
