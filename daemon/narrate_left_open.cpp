// SPDX-License-Identifier: MIT
#include "daemon/narrate_left_open.hpp"

#include "daemon/words.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <string>

namespace pmpd {

namespace {

using pmp::gateway_settings;
using pmp::remembered_lease;

bool may_ask_by_igd(gateway_settings const& g) {
    return std::find(g.protocols.begin(), g.protocols.end(), pmp::dialect_id::igd) !=
           g.protocols.end();
}

/// Whatever it is called there: its leases go by its name of today.
bool is_at(gateway_settings const& g, remembered_lease const& lease) {
    return g.address == lease.gateway_address;
}

/// It is found from the default route, which may lead there.
bool may_be_at(gateway_settings const& g, remembered_lease const& lease) {
    return is_at(g, lease) || (!g.address && g.name == lease.gateway);
}

/// Empty: it can be deleted.
std::string why_stranded(remembered_lease const& lease, std::vector<gateway_settings> const& all) {
    bool known = false;
    for (auto const& each : all) {
        if (may_be_at(each, lease)) {
            if (may_ask_by_igd(each)) {
                return {};
            }
            known = true;
        }
    }
    return known ? "the protocols of that gateway leave out upnp"
                 : "that gateway is not configured";
}

/// Of what was never granted, at a gateway that has never answered, nothing is to be confirmed.
bool may_be_there(pmp::standing const& s, std::vector<pmp::gateway_standing> const& gateways) {
    return s.lease || std::any_of(gateways.begin(), gateways.end(), [&s](auto const& g) {
               return g.via && g.view.name == s.mapping.gateway &&
                      g.view.address.is_v6() == (s.mapping.family == pmp::address_family::ipv6);
           });
}

/// By UPnP, and still in the gateway's table for all that is known.
bool may_be_open(remembered_lease const& lease, pmp::time_point now) {
    return lease.via == pmp::dialect_id::igd && (lease.permanent || lease.expires > now);
}

std::string end_words(remembered_lease const& lease, pmp::time_point now) {
    return lease.permanent
               ? "it does not end by itself"
               : "it ends in " +
                     in_words(std::chrono::ceil<std::chrono::seconds>(lease.expires - now));
}

/// `tcp 203.0.113.7:2222 VERB for ssh at gateway vpn 10.2.0.1`
log_line left_open(remembered_lease const& lease, std::string_view verb, std::string const& rest) {
    log_line line;
    line.level = log_level::warn;
    line.message = fmt::format(
        "{} {} {} for {} at gateway {} {}: {}",
        to_string(lease.protocol),
        to_words(lease.assigned),
        verb,
        lease.mapping,
        lease.gateway,
        lease.gateway_address.to_string(),
        rest
    );
    line.fields = {
        {"mapping", lease.mapping, true},
        {"gateway", lease.gateway, true},
        {"gateway_address", lease.gateway_address.to_string(), true},
    };
    return line;
}

log_line stranded(remembered_lease const& lease, std::string const& why, pmp::time_point now) {
    return left_open(
        lease,
        "stays open",
        fmt::format(
            "{}, and {}; pmpd deletes it once that gateway is configured with upnp, or delete it "
            "in the gateway's own settings",
            end_words(lease, now),
            why
        )
    );
}

} // namespace

std::vector<log_line> narrate_stranded(
    pmp::memory const& known, std::vector<gateway_settings> const& configured, pmp::time_point now
) {
    std::vector<log_line> out;
    for (auto const& lease : known.leases) {
        auto const why = may_be_open(lease, now) ? why_stranded(lease, configured) : std::string();
        if (!why.empty()) {
            out.push_back(stranded(lease, why, now));
        }
    }
    return out;
}

std::vector<log_line> narrate_undeleted(
    pmp::memory const& known,
    std::vector<gateway_settings> const& configured,
    std::set<std::string> const& told,
    pmp::time_point now
) {
    std::vector<log_line> out;
    for (auto const& lease : known.leases) {
        if (!may_be_open(lease, now) || told.count(lease.mapping) != 0) {
            continue;
        }
        auto const why = why_stranded(lease, configured);
        out.push_back(
            why.empty() ? left_open(
                              lease,
                              "may stay open",
                              fmt::format(
                                  "its deletion was not confirmed, and {}; the next start of pmpd "
                                  "deletes it, or delete it in the gateway's own settings",
                                  end_words(lease, now)
                              )
                          )
                        : stranded(lease, why, now)
        );
    }
    return out;
}

std::vector<std::string> unreleased(
    std::vector<pmp::standing> const& table, std::vector<pmp::gateway_standing> const& gateways
) {
    std::vector<std::string> names;
    for (auto const& each : table) {
        auto const leaves = each.state == pmp::lease_state::releasing && !each.retry_at;
        if (leaves && may_be_there(each, gateways)) {
            names.push_back(each.mapping.name);
        }
    }
    return names;
}

log_line narrate_unreleased(std::vector<std::string> const& names) {
    return {
        log_level::warn,
        fmt::format(
            "the release of {} was not confirmed in time: what is still open ends with its "
            "lease, and what does not end by itself at the next start of pmpd",
            mappings_words(names.size())
        ),
        {{"mappings", list(names)}}};
}

} // namespace pmpd
