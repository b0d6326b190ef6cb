// SPDX-License-Identifier: MIT
#include "daemon/narrator.hpp"

#include "daemon/narrate.hpp"

#include <algorithm>

namespace pmpd {

namespace {

/// A gateway that changes its external address all the time shall not fill the memory.
constexpr std::size_t most_addresses = 64;

} // namespace

void narrator::use(std::vector<pmp::gateway_settings> gateways) {
    gateways_ = std::move(gateways);
    refusals_.clear();
}

std::vector<log_line> narrator::tell(pmp::event const& e) {
    std::vector<log_line> lines = {narrate(e, asked(e.gateway))};
    if (repeats_a_refusal(e)) {
        lines.front().level = log_level::debug;
    }
    auto const address = external_address(e);
    if (address && !pmp::is_public(*address)) {
        if (pointed_out_.size() == most_addresses) {
            pointed_out_.clear();
        }
        if (pointed_out_.insert(*address).second) {
            lines.push_back(narrate_unreachable(*address, e.gateway));
        }
    }
    return lines;
}

bool narrator::repeats_a_refusal(pmp::event const& e) {
    if (e.mapping.empty()) {
        return false;
    }
    if (e.kind != pmp::event_kind::refused) {
        refusals_.erase(e.mapping);
        return false;
    }
    auto const [known, is_new] = refusals_.try_emplace(e.mapping, e.error);
    return !is_new && std::exchange(known->second, e.error) == e.error;
}

std::vector<pmp::dialect_id> narrator::asked(std::string const& gateway) const {
    auto const found =
        std::find_if(gateways_.begin(), gateways_.end(), [&](pmp::gateway_settings const& each) {
            return each.name == gateway;
        });
    return found != gateways_.end() ? found->protocols : std::vector<pmp::dialect_id>();
}

} // namespace pmpd
