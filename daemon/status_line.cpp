// SPDX-License-Identifier: MIT
#include "daemon/status_line.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace pmpd {

namespace {

using pmp::lease_state;

std::string words_of(pmp::gateway_standing const& gateway) {
    if (!gateway.via) {
        return fmt::format(", no answer from {}", gateway.view.address.to_string());
    }
    auto const address =
        gateway.external_address ? gateway.external_address->to_string() : "no external address";
    return fmt::format(", {} by {}", address, to_string(*gateway.via));
}

} // namespace

std::string status_line(
    std::vector<pmp::standing> const& table,
    std::vector<pmp::gateway_standing> const& gateways,
    bool in_force
) {
    std::string const end =
        in_force ? "" : "; the file has errors and is not in force: see the log";
    auto const is_held = [](pmp::standing const& s) {
        return s.state == lease_state::held || s.state == lease_state::renewing;
    };
    auto const is_wanted = [](pmp::standing const& s) { return s.state != lease_state::releasing; };
    auto const held = std::count_if(table.begin(), table.end(), is_held);
    auto const wanted = std::count_if(table.begin(), table.end(), is_wanted);
    if (wanted == 0) {
        return "no mappings" + end;
    }
    auto line = fmt::format("{} of {} held", held, wanted);
    for (auto const& gateway : gateways) {
        line += words_of(gateway);
    }
    return line + (gateways.empty() ? ", no gateway" : "") + end;
}

} // namespace pmpd
