// SPDX-License-Identifier: MIT
#include "cli/child.hpp"
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/daemon_leases.hpp"
#include "cli/error_json.hpp"
#include "cli/gateway_options.hpp"
#include "cli/keeper.hpp"
#include "cli/leases.hpp"
#include "cli/port_claims.hpp"
#include "cli/ports.hpp"
#include "cli/session.hpp"
#include "cli/system.hpp"
#include "cli/verb.hpp"

#include <pmp/clock.hpp>

#include <algorithm>

namespace pmp::cli {

namespace {

/// What is to be mapped; more than one for both transports.
std::vector<mapping> wishes(request const& asked, std::uint16_t internal, std::uint16_t external) {
    std::vector<mapping> out;
    auto const transports =
        asked.transports.empty() ? std::vector{transport::tcp} : asked.transports;
    for (auto const each : transports) {
        auto one = mapping_of(each, {asked.host, internal});
        one.suggested.port = external;
        one.exact = asked.exact;
        one.lifetime = asked.lifetime;
        one.lifetime_chosen = asked.lifetime_chosen;
        one.description = asked.description.empty() ? one.description : asked.description;
        out.push_back(std::move(one));
    }
    return out;
}

/// As it is kept, the mappings do not part: each may have its present port or none.
std::vector<mapping> settled(std::vector<mapping> wished, std::vector<lease> const& granted) {
    for (std::size_t i = 0; wished.size() > 1 && i < wished.size(); ++i) {
        wished[i].suggested.port = granted[i].assigned.port;
        wished[i].exact = true;
    }
    return wished;
}

std::string deed(std::vector<mapping> const& wished) {
    auto const& one = wished.front();
    return wished.size() > 1
               ? "map " + port_words(transport::tcp, one.internal) + " and udp to one external port"
               : "map " + port_words(one.protocol, one.internal);
}

/// It does not end before what it has mapped.
bool stays(request const& asked) {
    return asked.keep || !asked.command.empty();
}

void take_back(
    session& here, std::vector<mapping> const& mapped, std::vector<lease> const& granted
) {
    for (std::size_t i = 0; i < mapped.size(); ++i) {
        here.take_back(mapped[i], granted[i]);
    }
    here.remember();
}

/// One of them, by an earlier run; nothing of `gateway`: at any.
bool was_mapped(
    session const& here,
    std::vector<mapping> const& wished,
    std::optional<ip_address> const& gateway
) {
    return std::any_of(wished.begin(), wished.end(), [&](mapping const& each) {
        return here.was_mapped(each, gateway) != nullptr;
    });
}

/// Why something is not even asked for.
struct refusal {
    /// One of `local_error`.
    std::string_view name;
    std::string sentence;
};

/// Asking again for a port that is mapped changes its lifetime, never its external port.
std::optional<refusal>
refuse_other_port(request const& asked, std::vector<mapping> const& wished, session const& here) {
    for (auto const& wish : wished) {
        auto const* const other = here.was_mapped(wish, asked.gateway.address);
        if (wish.exact && other != nullptr && other->assigned.port != wish.suggested.port) {
            return refusal{
                local_error::mapped_already,
                port_words(wish.protocol, wish.internal) + " is mapped already, to external port " +
                    std::to_string(other->assigned.port) + "; pmp unmap " +
                    std::to_string(wish.internal.port) + " ends that"};
        }
    }
    return {};
}

/// Nothing: it can be started, as far as one can see.
std::optional<int> refuse_command(console& out, std::vector<std::string> const& command) {
    if (command.empty()) {
        return {};
    }
    auto const program = find_program(command.front());
    if (program) {
        return {};
    }
    return tell_unstartable(out, command, program.error(), startup::before_mapping);
}

std::vector<internal_port> ports_of(std::vector<mapping> const& wished) {
    std::vector<internal_port> ports;
    ports.reserve(wished.size());
    for (auto const& each : wished) {
        ports.push_back({each.protocol, each.internal});
    }
    return ports;
}

/// A daemon keeps it open there already.
std::optional<refusal>
refuse_kept(request asked, std::vector<mapping> const& wished, session& here) {
    auto kept = kept_by_daemon(asked, ports_of(wished));
    if (kept && !asked.gateway.address) {
        // Another gateway has a table of its own.
        auto const way = here.find_way();
        asked.gateway.address = way ? std::optional(way->address) : std::nullopt;
        kept = kept_by_daemon(asked, ports_of(wished));
    }
    if (!kept) {
        return {};
    }
    return refusal{local_error::kept_by_pmpd, *kept + "; pmp status tells where it is open"};
}

std::optional<refusal> refuse(
    request const& asked, std::vector<mapping> const& wished, port_claims& claims, session& here
) {
    if (auto kept = refuse_kept(asked, wished, here)) {
        return kept;
    }
    auto const ports = ports_of(wished);
    if (auto const other = stays(asked) ? claims.take(ports) : claims.holder(ports)) {
        return refusal{local_error::kept_by_pmp, claimed_words(ports, *other)};
    }
    return refuse_other_port(asked, wished, here);
}

int keep(
    request const& asked,
    std::vector<mapping> const& wished,
    session& here,
    console& out,
    std::vector<lease> const& granted
) {
    if (asked.keep && out.has_lost()) {
        // Nobody learns of what would be kept.
        take_back(here, wished, granted);
        return out.finish(exit_status::done);
    }
    if (was_mapped(here, wished, granted.front().gateway.address)) {
        out.note("mapped by an earlier pmp map as well: that ends with this");
    }
    keeper kept(here, out, asked.gateway, settled(wished, granted), granted);
    return asked.command.empty() ? out.finish(kept.until_interrupted())
                                 : kept.while_running(asked.command);
}

/// RFC 6887 15: no more than that is believed.
constexpr std::chrono::hours longest_lifetime{24};

/// By UPnP nobody asks for the default, but for what its standard recommends.
std::chrono::seconds wanted_lifetime(request const& asked, dialect_id via) {
    auto const is_usual = via == dialect_id::igd && !asked.lifetime_chosen;
    return is_usual ? std::chrono::hours{1} : asked.lifetime;
}

std::string closes_words(std::vector<mapping> const& wished) {
    return "pmp unmap " + std::to_string(wished.front().internal.port) + " closes it";
}

/// Of a mapping that nobody renews: its end matters.
int leave(
    request const& asked,
    std::vector<mapping> const& wished,
    console& out,
    std::vector<lease> const& granted
) {
    if (granted.front().via == dialect_id::direct) {
        return out.finish(exit_status::done);
    }
    auto const number = std::to_string(wished.front().internal.port);
    auto const wanted = wanted_lifetime(asked, granted.front().via);
    if (granted.front().presumed) {
        out.note(
            "the gateway's table shows no end for it: it may stay open until pmp unmap " + number
        );
    } else if (granted.front().permanent) {
        out.note(
            "this gateway's mappings have no lifetime: it stays open until pmp unmap " + number
        );
    } else if (auto const lifetime = granted.front().lifetime; lifetime != wanted) {
        out.note(
            "it was asked for " + in_words(wanted) + ": the gateway granted " + in_words(lifetime) +
            (lifetime == longest_lifetime ? " or more" : "")
        );
    }
    return out.finish(
        exit_status::done, "; port " + number + " is mapped all the same: " + closes_words(wished)
    );
}

/// Asking again for a port that is mapped never changes its external port.
void note_other_port(
    session const& here,
    std::vector<mapping> const& wished,
    console& out,
    std::vector<lease> const& granted
) {
    auto const& one = wished.front();
    auto const number = std::to_string(one.suggested.port);
    auto const& assigned = granted.front().assigned.port;
    if (one.suggested.port == 0 || one.suggested.port == assigned) {
        return;
    }
    if (granted.front().via == dialect_id::direct) {
        out.note(
            "external port " + number + " was not to be had: without a gateway it is " +
            std::to_string(assigned)
        );
        return;
    }
    auto const* const before = here.was_mapped(one, granted.front().gateway.address);
    if (before != nullptr && before->assigned.port == assigned) {
        out.note(
            port_words(one.protocol, one.internal) + " is mapped already, to external port " +
            std::to_string(assigned) + ", and is renewed as it is; for external port " + number +
            " end that first: pmp unmap " + std::to_string(one.internal.port)
        );
        return;
    }
    // RFC 6886 3.3: a port that is mapped keeps its external port, whichever program asks.
    bool const may_be_old = granted.front().via == dialect_id::nat_pmp;
    out.note(
        "external port " + number + " was not to be had: the gateway assigned " +
        std::to_string(assigned) +
        (may_be_old ? ", or another program of this machine has mapped the port there already" : "")
    );
}

/// What a run that fails could not take back.
void warn_of_left(session const& here, std::vector<mapping> const& wished, console const& out) {
    auto const& known = here.known().leases;
    for (auto const& each : wished) {
        bool const is_left = std::any_of(known.begin(), known.end(), [&](auto const& lease) {
            return lease.protocol == each.protocol &&
                   endpoint{lease.host, lease.internal_port} == each.internal &&
                   (lease.permanent || lease.expires > boot_clock::now());
        });
        if (is_left && here.was_mapped(each, {}) == nullptr) {
            out.warn(
                "the gateway has not confirmed that " + port_words(each.protocol, each.internal) +
                " is closed again: it may be open until its lease ends; pmp unmap " +
                std::to_string(each.internal.port) + " tries again"
            );
        }
    }
}

attempt attempt_of(request const& asked, std::vector<mapping> const& wished, session const& here) {
    auto const& one = wished.front();
    attempt out{deed(wished), asked.gateway, purpose::mapping, one.suggested.port, asked.exact};
    out.internal_port = one.internal.port;
    out.unremembered = !was_mapped(here, wished, asked.gateway.address);
    return out;
}

int map(request const& asked, std::vector<mapping> const& wished) {
    console out(asked);
    if (!asked.command.empty()) {
        out.leave_output();
    }
    if (auto const status = refuse_command(out, asked.command)) {
        return *status;
    }
    if (stays(asked)) {
        survive_closed_pipes();
    }
    session here(asked, out, ports_of(wished));
    port_claims claims(asked);
    if (auto const why = refuse(asked, wished, claims, here)) {
        complain(out, why->name, why->sentence);
        return out.finish(exit_status::refused);
    }
    auto const granted = map_all(here, wished, asked.timeout);
    here.remember();
    if (here.is_interrupted() && was_mapped(here, wished, asked.gateway.address)) {
        out.warn(
            "an earlier pmp map had mapped this port: it may stay open; " + closes_words(wished)
        );
    }
    if (granted.error) {
        warn_of_left(here, wished, out);
        auto tried = attempt_of(asked, wished, here);
        tried.retry_in = granted.retry_in;
        return here.fail(granted.error, std::move(tried));
    }
    if (asked.command.empty() || !asked.quiet) {
        print(out, wished, granted.leases);
        note_other_port(here, wished, out, granted.leases);
    }
    return stays(asked) ? keep(asked, wished, here, out, granted.leases)
                        : leave(asked, wished, out, granted.leases);
}

int run(request const& asked) {
    auto const internal = read_internal_port(asked.words[0]);
    if (internal.has_error()) {
        return misused("map", "INTERNAL: " + internal.error().sentence, asked.json);
    }
    auto const external = read_external_port(asked.words);
    if (external.has_error()) {
        return misused("map", "EXTERNAL: " + external.error().sentence, asked.json);
    }
    if (asked.exact && *external == 0) {
        return misused("map", "--exact needs an external port, not any", asked.json);
    }
    bool const by_ipv6 = asked.gateway.address && asked.gateway.address->is_v6();
    if (asked.exact && by_ipv6 && *external != *internal) {
        auto const* why =
            "an IPv6 pinhole has no other port than the internal one; leave out --exact";
        return misused("map", why, asked.json);
    }
    return map(asked, wishes(asked, *internal, *external));
}

constexpr auto options = gateway_options(
    protocol_option, lifetime_option, exact_option, host_option, description_option, keep_option
);

constexpr std::string_view notes =
    R"(EXTERNAL is a suggestion (default: INTERNAL); "any" leaves it to the gateway.
Without --keep and COMMAND the mapping stays for its lifetime or till pmp unmap.
With COMMAND it stays open while that runs, told PMP_EXTERNAL_ADDRESS and _PORT;
pmp exits with its status, and prints what was assigned to standard error.
Example:
  pmp map 22 2222 --lifetime 1h
)";

} // namespace

extern constinit verb const map_verb{
    .name = "map",
    .synopsis = "INTERNAL [EXTERNAL]",
    .summary = "map a port; print what was assigned",
    .notes = notes,
    .options = options,
    .least_words = 1,
    .most_words = 2,
    .takes_command = true,
    .run = run};

} // namespace pmp::cli
