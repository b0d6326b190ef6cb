// SPDX-License-Identifier: MIT
#include "daemon/narrate.hpp"

#include "daemon/words.hpp"

#include <spdlog/fmt/fmt.h>

namespace pmpd {

namespace {

using pmp::event;
using pmp::event_kind;
using pmp::lost_reason;

std::string gateway_words(event const& e) {
    if (e.gateway_address.is_unspecified()) {
        return fmt::format("gateway {}", e.gateway);
    }
    return fmt::format("gateway {} {}", e.gateway, e.gateway_address.to_string());
}

/// `tcp 203.0.113.7:2222`.
std::string assigned_words(event const& e) {
    if (!e.lease) {
        return "its port";
    }
    return fmt::format("{} {}", to_string(e.lease->protocol), to_words(e.lease->assigned));
}

/// `tcp 203.0.113.7:2222 -> 192.168.1.5:22`.
std::string lease_words(event const& e) {
    if (!e.lease) {
        return assigned_words(e);
    }
    return fmt::format("{} -> {}", assigned_words(e), to_words(e.lease->internal));
}

std::string was_words(event const& e) {
    if (!e.was) {
        return {};
    }
    bool const same_address = e.lease && e.lease->assigned.address == e.was->address;
    return same_address ? fmt::format(" (was :{})", e.was->port)
                        : fmt::format(" (was {})", to_words(*e.was));
}

std::string asked_again_words(event const& e) {
    return e.retry_after > e.retry_after.zero()
               ? fmt::format(", asked again in {}", in_words(e.retry_after))
               : std::string();
}

std::string lost_words(event const& e) {
    auto const why = e.error.failed() ? ": " + to_words(e.error) : std::string();
    auto closed = fmt::format(", {} is closed{}", assigned_words(e), asked_again_words(e));
    switch (e.reason) {
    case lost_reason::expired: return "the lease expired before it was renewed" + why + closed;
    case lost_reason::revoked: return "the gateway revoked the lease" + why + closed;
    case lost_reason::gateway: return "its gateway is gone" + why + closed;
    case lost_reason::address:
        return fmt::format(
            "this host's address has changed, {} is given up for the new one", assigned_words(e)
        );
    }
    return closed;
}

/// What may be wrong with what was granted.
std::string flaw_words(event const& e) {
    if (e.error == pmp::fault::needs_gateway) {
        return "; another external port can't be had without a gateway";
    }
    return e.error.failed()
               ? fmt::format("; anybody is let in, as allow_unfiltered says: {}", to_words(e.error))
               : std::string();
}

/// Why there is a lease that nobody granted.
std::string direct_words(event const& e) {
    if (!e.lease || e.lease->via != pmp::dialect_id::direct) {
        return {};
    }
    return e.lease->internal.address.is_v6()
               ? "; nothing had to be opened, the gateway's firewall lets it in"
               : "; no gateway answers or is needed, this host's own address is a public one";
}

std::string released_words(event const& e) {
    if (!e.error.failed()) {
        return fmt::format("released {}: {}", e.mapping, lease_words(e));
    }
    auto const endless = e.lease && e.lease->permanent;
    auto const again = e.retry_after > e.retry_after.zero();
    return fmt::format(
        "released {} without confirmation: {}; {} may stay open until {}{}",
        e.mapping,
        to_words(e.error),
        assigned_words(e),
        endless ? "it is deleted" : "its lease expires",
        again ? ", and its deletion is tried again" : ""
    );
}

std::string external_words(event const& e) {
    return e.external_address && !e.external_address->is_unspecified()
               ? e.external_address->to_string()
               : "not known";
}

/// The gateway has none any more.
bool is_cut_off(event const& e) {
    return e.kind == event_kind::external_address_changed && e.external_address &&
           e.external_address->is_unspecified();
}

std::string external_address_words(event const& e) {
    auto const was = e.was ? fmt::format(" (was {})", e.was->address.to_string()) : std::string();
    return is_cut_off(e)
               ? fmt::format(
                     "{} is not connected, it has no external address{}: "
                     "no mapping can be reached until it is back",
                     gateway_words(e),
                     was
                 )
               : fmt::format(
                     "external address of {} is {}{}", gateway_words(e), external_words(e), was
                 );
}

/// `by pcp and nat-pmp on port 5351, by upnp on port 1900`
std::string asked_words(std::vector<pmp::dialect_id> const& asked) {
    std::string out;
    bool by_igd = false;
    for (auto const id : asked) {
        if (id == pmp::dialect_id::igd) {
            by_igd = true;
            continue;
        }
        out += out.empty() ? "by " : " and ";
        out += to_string(id);
    }
    out += out.empty() ? std::string() : fmt::format(" on port {}", pmp::gateway_port);
    if (by_igd) {
        out += out.empty() ? "by upnp on port 1900" : ", by upnp on port 1900";
    }
    return out.empty() ? "by no protocol" : out;
}

std::string found_words(event const& e) {
    auto const answers = fmt::format("{} answers by {}", gateway_words(e), to_string(e.via));
    // Behind a firewall alone each host has an external address of its own.
    return e.gateway_address.is_v6()
               ? answers
               : fmt::format("{}, its external address is {}", answers, external_words(e));
}

std::string silent_words(event const& e, std::vector<pmp::dialect_id> asked) {
    if (e.error.failed()) {
        return fmt::format(
            "{} does not answer usably: {}; still asking", gateway_words(e), to_words(e.error)
        );
    }
    if (e.gateway_address.is_v6()) {
        // It has no words for IPv6.
        std::erase(asked, pmp::dialect_id::nat_pmp);
    }
    return fmt::format(
        "{} does not answer: asked {}, still asking; is port mapping switched on there?",
        gateway_words(e),
        asked_words(asked)
    );
}

std::string message(event const& e, std::vector<pmp::dialect_id> const& asked) {
    switch (e.kind) {
    case event_kind::renewed:
        if (e.recovered) {
            return fmt::format(
                "made again {}, which was gone from the gateway: {}", e.mapping, lease_words(e)
            );
        }
        [[fallthrough]];
    case event_kind::acquired:
        return fmt::format(
            "{} {}: {}{}{}",
            to_string(e.kind),
            e.mapping,
            lease_words(e),
            direct_words(e),
            flaw_words(e)
        );
    case event_kind::changed:
        return fmt::format(
            "changed {}: {}{}{}", e.mapping, assigned_words(e), was_words(e), direct_words(e)
        );
    case event_kind::lost: return fmt::format("lost {}: {}", e.mapping, lost_words(e));
    case event_kind::refused:
        return fmt::format("refused {}: {}{}", e.mapping, to_words(e.error), asked_again_words(e));
    case event_kind::released: return released_words(e);
    case event_kind::gateway_found: return found_words(e);
    case event_kind::gateway_silent: return silent_words(e, asked);
    case event_kind::gateway_lost: return gateway_words(e) + " is gone";
    case event_kind::gateway_rebooted:
        return gateway_words(e) + " restarted: its mappings are made again";
    case event_kind::external_address_changed: return external_address_words(e);
    }
    return "unknown event";
}

log_level level(event const& e) {
    switch (e.kind) {
    case event_kind::renewed: return e.recovered ? log_level::info : log_level::debug;
    case event_kind::lost:
        return e.reason == lost_reason::address ? log_level::info : log_level::warn;
    case event_kind::gateway_silent:
    case event_kind::gateway_lost:
    case event_kind::gateway_rebooted: return log_level::warn;
    case event_kind::released: return e.error.failed() ? log_level::warn : log_level::info;
    case event_kind::refused:
        // These do not pass by waiting: the gateway or the configuration has to be changed.
        return e.error == pmp::reaction::refused || e.error == pmp::reaction::unsupported
                   ? log_level::error
                   : log_level::warn;
    case event_kind::acquired: return e.error.failed() ? log_level::warn : log_level::info;
    case event_kind::changed:
    case event_kind::gateway_found: return log_level::info;
    case event_kind::external_address_changed:
        return is_cut_off(e) ? log_level::warn : log_level::info;
    }
    return log_level::info;
}

/// The names are those that hooks get, in lower case.
class fields_of {
public:
    explicit fields_of(event const& e) {
        told("event", to_string(e.kind));
        if (!e.mapping.empty()) {
            tail("mapping", e.mapping);
        }
        if (e.lease) {
            add_lease(*e.lease);
        }
        add_was(e);
        if (e.external_address && !e.external_address->is_unspecified()) {
            told("external_address", e.external_address->to_string());
        }
        if (e.kind != event_kind::gateway_silent && e.kind != event_kind::gateway_lost) {
            tail("via", to_string(e.via));
        }
        tail("gateway", e.gateway);
        told("gateway_address", e.gateway_address.to_string());
        if (e.lease) {
            add_lifetime(*e.lease);
        }
        add_reason(e);
    }

    std::vector<field> take() { return std::move(list_); }

private:
    void tail(std::string_view key, std::string_view value) {
        list_.push_back({key, std::string(value)});
    }
    void told(std::string_view key, std::string_view value) {
        list_.push_back({key, std::string(value), true});
    }
    void told(std::string_view key, std::int64_t value) { list_.push_back({key, value, true}); }

    void told(std::string_view address_key, std::string_view port_key, pmp::endpoint const& e) {
        if (!e.address.is_unspecified()) {
            told(address_key, e.address.to_string());
        }
        told(port_key, e.port);
    }

    void add_lease(pmp::lease const& lease) {
        told("protocol", to_string(lease.protocol));
        told("internal_address", "internal_port", lease.internal);
        told("external_address", "external_port", lease.assigned);
    }

    void add_lifetime(pmp::lease const& lease) {
        if (lease.permanent) {
            tail("lifetime", "permanent");
        } else if (lease.via != pmp::dialect_id::direct) {
            list_.push_back({"lifetime", lease.lifetime.count()});
        }
    }

    void add_was(event const& e) {
        if (!e.was) {
            return;
        }
        if (e.kind == event_kind::changed) {
            told("old_external_address", "old_external_port", *e.was);
        } else {
            told("old_external_address", e.was->address.to_string());
        }
    }

    void add_reason(event const& e) {
        if (e.kind == event_kind::lost) {
            told("reason", to_string(e.reason));
        }
        if (e.error.failed()) {
            told("error_category", e.error.category().name());
            told("error_code", e.error.value());
            told("error_name", pmp::result_name(e.error));
        }
        if (e.retry_after > e.retry_after.zero()) {
            told("retry_in", e.retry_after.count());
        }
    }

    std::vector<field> list_;
};

} // namespace

log_line narrate(event const& e, std::vector<pmp::dialect_id> const& asked) {
    return {level(e), message(e, asked), fields_of(e).take()};
}

std::optional<pmp::ip_address> external_address(event const& e) {
    auto address = e.external_address;
    if (e.lease && (e.kind == event_kind::acquired || e.kind == event_kind::changed)) {
        address = e.lease->assigned.address;
    }
    return address && address->is_v4() && !address->is_unspecified() ? address : std::nullopt;
}

log_line narrate_unreachable(pmp::ip_address const& address, std::string const& gateway) {
    bool const is_shared = pmp::use_of(address) == pmp::special_use::shared;
    auto const* const why =
        is_shared ? "the provider shares one address among its customers (carrier-grade NAT), "
                    "ports opened here can't be reached from the internet"
                  : "it is not a public one, so there is another NAT in front of the gateway: "
                    "ports opened here can't be reached from the internet unless it forwards them";
    return {
        log_level::warn,
        fmt::format("external address {} of gateway {}: {}", address.to_string(), gateway, why),
        {{"event", "external_address_not_public", true},
         {"external_address", address.to_string(), true},
         {"gateway", gateway}}};
}

} // namespace pmpd
