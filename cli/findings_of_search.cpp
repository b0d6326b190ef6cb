// SPDX-License-Identifier: MIT
#include "cli/findings_of_gateway.hpp"
#include "cli/table.hpp"

#include <algorithm>

namespace pmp::cli {

namespace {

/// Why mappings would be made by that service and no other.
std::string why_chosen(upnp_search const& found) {
    if (found.services < 2) {
        return "the only one that maps ports";
    }
    auto const out = "chosen of " + std::to_string(found.services) + " that map ports";
    if (found.connected && found.has_public_address) {
        return out + ": it is connected and has a public address";
    }
    if (found.connected || found.has_public_address) {
        return out + (found.connected ? ": it is connected" : ": it has a public address");
    }
    return out +
           (found.is_default ? ": it is the default one" : ": none says that it is connected");
}

std::string replies_words(unsigned count) {
    return count == 1 ? "one reply" : std::to_string(count) + " replies";
}

} // namespace

finding search_finding(facts const& seen, upnp_search const& found) {
    finding out{"ssdp", "UPnP search", outcome::skipped, {}, {}};
    auto const address = seen.found.view.address.to_string();
    auto const spoken = std::find_if(
        seen.found.protocols.begin(),
        seen.found.protocols.end(),
        [](auto const& each) { return each.via == dialect_id::igd; }
    );
    if (spoken != seen.found.protocols.end()) {
        out.result = outcome::ok;
        out.summary = replies_words(found.replies) + "; " + printable(spoken->service) + " is " +
                      why_chosen(found);
    } else if (found.replies == 0 && found.elsewhere) {
        auto const other = found.elsewhere->to_string();
        out.result = outcome::warning;
        out.summary = "no reply from " + address + ", but from " + other + ", which maps ports";
        out.advice = "where " + other + " leads to the internet, name it: --gateway " + other;
    } else if (found.error) {
        out.result = outcome::warning;
        out.summary = replies_words(found.replies) + "; " + printable(found.place) +
                      " is of no use: " + found.error.message();
        out.advice = "restart the gateway, or switch UPnP off and on in its settings";
    } else if (found.replies == 0) {
        out.summary = "no reply";
    } else if (found.services != 0) {
        out.summary = replies_words(found.replies) + "; a service that maps ports does not answer";
    } else {
        out.summary = replies_words(found.replies) + (found.descriptions == 0
                                                          ? "; no description could be read"
                                                          : "; no service that maps ports");
    }
    return out;
}

} // namespace pmp::cli
