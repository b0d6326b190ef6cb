// SPDX-License-Identifier: MIT
#include "cli/other_nat.hpp"

#include <string_view>

namespace pmp::cli {

std::optional<std::string> another_nat(ip_address const& external) {
    auto const use = external.is_v4() ? use_of(external) : special_use::none;
    if (use != special_use::private_use && use != special_use::shared) {
        return {};
    }
    return "the external address " + external.to_string() + " is " +
           (use == special_use::shared ? "shared among the provider's customers (carrier-grade NAT)"
                                       : "a private one") +
           ": there is another NAT behind the gateway, and the internet reaches the port "
           "only if that one forwards it too; ask the provider for a public address, or "
           "make the first device a bridge";
}

std::optional<std::string> not_reachable(ip_address const& external) {
    auto const name = [&external]() -> std::string_view {
        switch (external.is_v4() && !external.is_unspecified() ? use_of(external)
                                                               : special_use::none) {
        case special_use::this_network: return "one that no host has";
        case special_use::loopback: return "a loopback address";
        case special_use::link_local: return "a link-local one";
        case special_use::relay: return "one that no gateway has";
        case special_use::multicast: return "a multicast address";
        case special_use::reserved: return "a reserved one";
        case special_use::none:
        case special_use::private_use:
        case special_use::shared: break;
        }
        return {};
    }();
    if (name.empty()) {
        return another_nat(external);
    }
    return "the external address " + external.to_string() + " is " + std::string(name) +
           ": the internet can't reach it; check the gateway's own connection to the internet";
}

} // namespace pmp::cli
