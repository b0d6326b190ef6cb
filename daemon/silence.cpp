// SPDX-License-Identifier: MIT
#include "daemon/silence.hpp"

#include "daemon/words.hpp"

#include <pmp/engine.hpp>

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace pmpd {

namespace {

using namespace std::chrono_literals;
using pmp::address_family;
using pmp::event_kind;
using pmp::lease_state;

/// What a gateway that lives may take to answer, in any of its protocols.
constexpr auto usual_wait = 3s;

bool is_same_place(pmp::gateway_settings a, pmp::gateway_settings const& b) {
    a.protocols = b.protocols;
    a.description_url = b.description_url;
    return a == b;
}

std::string protocols_words(std::vector<pmp::dialect_id> const& all) {
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        out += i == 0 ? "" : i + 1 == all.size() ? " and " : ", ";
        out += to_string(all[i]);
    }
    return out.empty() ? "no protocol" : out;
}

} // namespace

void silence::use(std::vector<pmp::gateway_settings> gateways, pmp::time_point now) {
    for (auto const& each : gateways) {
        if (std::none_of(gateways_.begin(), gateways_.end(), [&](auto const& before) {
                return is_same_place(before, each);
            })) {
            since_[{each.name, address_family::ipv4}] = now;
            since_[{each.name, address_family::ipv6}] = now;
        }
    }
    gateways_ = std::move(gateways);
}

void silence::hear(pmp::event const& e) {
    key const whose{
        e.gateway, e.gateway_address.is_v6() ? address_family::ipv6 : address_family::ipv4};
    switch (e.kind) {
    case event_kind::gateway_silent:
        since_.try_emplace(whose, e.at - pmp::engine_settings().silence);
        break;
    case event_kind::gateway_lost: since_[whose] = e.at; break;
    case event_kind::gateway_found:
    case event_kind::acquired:
    case event_kind::renewed: since_.erase(whose); break;
    default: break;
    }
}

std::optional<std::string> silence::reason(pmp::standing const& s, pmp::time_point now) const {
    auto const asks = s.state == lease_state::requesting || s.state == lease_state::recovering;
    auto const found = since_.find({s.mapping.gateway, s.mapping.family});
    auto const gateway = std::find_if(gateways_.begin(), gateways_.end(), [&](auto const& each) {
        return each.name == s.mapping.gateway;
    });
    if (!asks || s.error.failed() || found == since_.end() || gateway == gateways_.end() ||
        now - found->second < usual_wait) {
        return {};
    }
    auto asked = gateway->protocols;
    if (s.mapping.family == address_family::ipv6) {
        // It has no words for IPv6.
        std::erase(asked, pmp::dialect_id::nat_pmp);
    }
    return fmt::format(
        "nothing has answered for {}: asked by {}",
        in_words(std::chrono::floor<std::chrono::seconds>(now - found->second)),
        protocols_words(asked)
    );
}

} // namespace pmpd
