// SPDX-License-Identifier: MIT
#include "daemon/narrator.hpp"

#include "daemon/narrate.hpp"

#include <algorithm>
#include <utility>

namespace pmpd {

namespace {

using pmp::event_kind;

/// A gateway that changes its external address all the time shall not fill the memory.
constexpr std::size_t most_addresses = 64;

/// What may come of a wrong `description_url`.
bool is_of_description(pmp::error_code error) {
    return error == pmp::fault::no_http || error == pmp::fault::http_failed ||
           error == pmp::fault::bad_description || error == pmp::fault::foreign_address ||
           error == pmp::fault::no_igd;
}

} // namespace

void narrator::use(std::vector<pmp::gateway_settings> gateways) {
    gateways_ = std::move(gateways);
    std::erase_if(mappings_, [](auto const& each) { return each.second.refusal.failed(); });
}

std::vector<log_line> narrator::tell(pmp::event const& e) {
    std::vector<log_line> lines = {narrate(e, asked(e.gateway))};
    lines.front().level = weigh(e, lines.front().level);
    auto const* const gateway = find(e.gateway);
    if (e.kind == event_kind::refused && is_of_description(e.error) && gateway != nullptr &&
        !gateway->description_url.empty()) {
        lines.front().message += "; its description_url is " + gateway->description_url;
    }
    auto const address = external_address(e);
    if (address && is_new_and_not_public(*address)) {
        lines.push_back(narrate_unreachable(*address, e.gateway));
    }
    return lines;
}

log_level narrator::weigh(pmp::event const& e, log_level usual) {
    if (e.kind == event_kind::gateway_rebooted) {
        for (auto& [name, mapping] : mappings_) {
            mapping.worried = mapping.worried || mapping.gateway == e.gateway;
        }
    }
    if (e.mapping.empty()) {
        return usual;
    }
    if (e.kind == event_kind::released) {
        mappings_.erase(e.mapping);
        return usual;
    }
    auto& mapping = mappings_[e.mapping];
    auto const before = std::exchange(mapping, said{e.gateway, {}, false});
    if (e.kind == event_kind::refused) {
        mapping.refusal = e.error;
        mapping.worried = true;
        return before.refusal == e.error ? log_level::debug : usual;
    }
    return e.kind == event_kind::renewed && before.worried ? log_level::info : usual;
}

bool narrator::is_new_and_not_public(pmp::ip_address const& address) {
    if (pmp::is_public(address)) {
        return false;
    }
    if (pointed_out_.size() == most_addresses) {
        pointed_out_.clear();
    }
    return pointed_out_.insert(address).second;
}

pmp::gateway_settings const* narrator::find(std::string const& gateway) const {
    auto const found =
        std::find_if(gateways_.begin(), gateways_.end(), [&](pmp::gateway_settings const& each) {
            return each.name == gateway;
        });
    return found != gateways_.end() ? &*found : nullptr;
}

std::vector<pmp::dialect_id> narrator::asked(std::string const& gateway) const {
    auto const* const found = find(gateway);
    return found != nullptr ? found->protocols : std::vector<pmp::dialect_id>();
}

} // namespace pmpd
