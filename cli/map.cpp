// SPDX-License-Identifier: MIT
#include "cli/child.hpp"
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/error_json.hpp"
#include "cli/gateway_options.hpp"
#include "cli/keeper.hpp"
#include "cli/leases.hpp"
#include "cli/port_claims.hpp"
#include "cli/ports.hpp"
#include "cli/session.hpp"
#include "cli/system.hpp"
#include "cli/verb.hpp"

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
        one.description = asked.description;
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

void take_back(session& here, std::vector<mapping> const& mapped) {
    for (auto const& each : mapped) {
        here.take_back(each);
    }
    here.remember();
}

/// Asking again for a port that is mapped changes its lifetime, never its external port.
std::optional<std::string>
refuse_other_port(std::vector<mapping> const& wished, std::vector<remembered_lease> const& known) {
    for (auto const& wish : wished) {
        auto const other = std::find_if(known.begin(), known.end(), [&](auto const& lease) {
            return lease.protocol == wish.protocol && lease.assigned.port != wish.suggested.port;
        });
        if (wish.exact && other != known.end()) {
            return port_words(wish.protocol, wish.internal) +
                   " is mapped already, to external port " + std::to_string(other->assigned.port) +
                   "; pmp unmap " + std::to_string(wish.internal.port) + " ends that";
        }
    }
    return {};
}

/// Nothing: it can be started, as far as one can see.
std::optional<int> refuse_command(console const& out, std::vector<std::string> const& command) {
    if (command.empty()) {
        return {};
    }
    auto const program = find_program(command.front());
    return program ? std::nullopt : std::optional(tell_unstartable(out, command, program.error()));
}

std::vector<internal_port> ports_of(std::vector<mapping> const& wished) {
    std::vector<internal_port> ports;
    ports.reserve(wished.size());
    for (auto const& each : wished) {
        ports.push_back({each.protocol, each.internal});
    }
    return ports;
}

/// Why it is not even asked for.
std::optional<std::string> refuse(
    request const& asked,
    std::vector<mapping> const& wished,
    port_claims& claims,
    std::vector<remembered_lease> const& known
) {
    auto const ports = ports_of(wished);
    if (auto const other = stays(asked) ? claims.take(ports) : claims.holder(ports)) {
        return claimed_words(ports, *other);
    }
    return refuse_other_port(wished, known);
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
        take_back(here, wished);
        return out.finish(exit_status::done);
    }
    keeper kept(here, out, asked.gateway, settled(wished, granted), granted);
    return asked.command.empty() ? out.finish(kept.until_interrupted())
                                 : kept.while_running(asked.command);
}

/// By UPnP nobody asks for the default, but for what its standard recommends.
std::chrono::seconds wanted_lifetime(request const& asked, dialect_id via) {
    auto const is_usual = via == dialect_id::igd && asked.lifetime == default_lifetime;
    return is_usual ? std::chrono::hours{1} : asked.lifetime;
}

/// Of a mapping that nobody renews: its end matters.
int leave(
    request const& asked,
    std::vector<mapping> const& wished,
    console& out,
    std::vector<lease> const& granted
) {
    auto const wanted = wanted_lifetime(asked, granted.front().via);
    if (auto const lifetime = granted.front().lifetime; lifetime != wanted) {
        out.note(
            "it was asked for " + in_words(wanted) + ": the gateway granted " + in_words(lifetime)
        );
    }
    auto const number = std::to_string(wished.front().internal.port);
    return out.finish(
        exit_status::done,
        "; port " + number + " is mapped all the same: pmp unmap " + number + " closes it"
    );
}

attempt attempt_of(request const& asked, std::vector<mapping> const& wished) {
    return {
        deed(wished), asked.gateway, purpose::mapping, wished.front().suggested.port, asked.exact};
}

int map(request const& asked, std::vector<mapping> const& wished) {
    console out(asked);
    if (auto const status = refuse_command(out, asked.command)) {
        return *status;
    }
    if (stays(asked)) {
        survive_closed_pipes();
    }
    if (!asked.command.empty()) {
        out.leave_output();
    }
    session here(asked, out, ports_of(wished));
    port_claims claims(asked);
    auto const& known = here.known().leases;
    if (auto const why = refuse(asked, wished, claims, known)) {
        complain(out, {}, *why);
        return out.finish(exit_status::refused);
    }
    if (stays(asked) && !known.empty()) {
        out.note("mapped by an earlier pmp map as well: that ends with this");
    }
    auto const granted = map_all(here, wished, asked.timeout);
    here.remember();
    if (granted.error) {
        auto tried = attempt_of(asked, wished);
        tried.retry_in = granted.retry_in;
        return here.fail(granted.error, std::move(tried));
    }
    if (asked.command.empty() || !asked.quiet) {
        print(out, wished, granted.leases);
    }
    return stays(asked) ? keep(asked, wished, here, out, granted.leases)
                        : leave(asked, wished, out, granted.leases);
}

int run(request const& asked) {
    auto const internal = read_internal_port(asked.words[0]);
    if (internal.has_error()) {
        return misused("map", "INTERNAL: " + internal.error().sentence);
    }
    auto const external = read_external_port(asked.words);
    if (external.has_error()) {
        return misused("map", "EXTERNAL: " + external.error().sentence);
    }
    if (asked.exact && *external == 0) {
        return misused("map", "--exact needs an external port, not any");
    }
    return map(asked, wishes(asked, *internal, *external));
}

constexpr auto options = gateway_options(
    protocol_option, lifetime_option, exact_option, host_option, description_option, keep_option
);

constexpr std::string_view notes =
    R"(EXTERNAL is a suggestion (default: INTERNAL); "any" leaves it to the gateway.
What was assigned is one line a mapping, of --protocol both two; so is --json.
Without --keep and COMMAND the mapping stays for its lifetime or till pmp unmap.
With COMMAND it stays open while that runs, with PMP_EXTERNAL_ADDRESS and
PMP_EXTERNAL_PORT in its environment; pmp then exits with its status, and
standard output is the command's: what was assigned goes to standard error.

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
