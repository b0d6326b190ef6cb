// SPDX-License-Identifier: MIT
#include "cli/option.hpp"
#include "config/scalars.hpp"
#include "config/suggest.hpp"
#include "config/text.hpp"

#include <algorithm>

namespace pmp::cli {

namespace {

using wrong = std::optional<std::string>;

/// Puts a value that could be read where it belongs.
template <class Value, class Place>
wrong take(config::checked<Value> read, Place& place) {
    if (read.has_error()) {
        return read.error().sentence;
    }
    place = *std::move(read);
    return {};
}

wrong read_protocols(request& asked, std::string_view list) {
    std::vector<dialect_id> protocols;
    for (auto rest = list;;) {
        auto const comma = rest.find(',');
        auto const read = config::read_dialect(rest.substr(0, comma));
        if (read.has_error()) {
            return read.error().sentence;
        }
        if (std::find(protocols.begin(), protocols.end(), *read) != protocols.end()) {
            return config::in_quotes(to_string(*read)) + " is there twice; write it once";
        }
        protocols.push_back(*read);
        if (comma == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(comma + 1);
    }
    asked.gateway.protocols = std::move(protocols);
    asked.only_protocols = true;
    return {};
}

/// Named by `--interface`, or behind the address of a gateway, or alike by both.
wrong take_interface(request& asked, std::string_view name) {
    auto& interface = asked.gateway.interface;
    auto const other = interface;
    auto const why = take(config::read_interface(name), interface);
    bool const differs = !why && !other.empty() && interface != other;
    return differs ? "the interface behind the '%' of --gateway is not that of --interface; keep "
                     "one of the two"
                   : why;
}

wrong read_transports(request& asked, std::string_view name) {
    if (name == "both") {
        asked.transports = {transport::tcp, transport::udp};
        return {};
    }
    for (auto const each : {transport::tcp, transport::udp}) {
        if (name == to_string(each)) {
            asked.transports = {each};
            return {};
        }
    }
    auto const meant = name == "tcp,udp" || name == "udp,tcp"
                           ? std::optional<std::string_view>("both")
                           : config::nearest(name, {"tcp", "udp", "both"});
    return config::in_quotes(name) + " is not known here; " +
           (meant ? "did you mean '" + std::string(*meant) + "'?"
                  : std::string("write tcp, udp or both"));
}

} // namespace

constinit option const help_option{
    .name = "--help",
    .value = "",
    .help = "print this and exit",
    .read = [](request& asked, std::string_view) -> wrong {
        asked.help = true;
        return {};
    }};

constinit option const gateway_option{
    .name = "--gateway",
    .value = "ADDR",
    .help = "the gateway's address (auto: the default route's)",
    .read = [](request& asked, std::string_view value) -> wrong {
        auto const why = take(config::read_gateway_address(value), asked.gateway.address);
        auto const zone = config::zone_of(value);
        return why || zone.empty() ? why : take_interface(asked, zone);
    }};

constinit option const interface_option{
    .name = "--interface",
    .value = "NAME",
    .help = "the interface to ask by (default: the route's)",
    .read = [](request& asked, std::string_view value) -> wrong {
        return take_interface(asked, value);
    },
    .offered = offer::interfaces};

constinit option const protocols_option{
    .name = "--protocols",
    .value = "LIST",
    .help = "which may be used, best first (default: pcp,nat-pmp,upnp)",
    .read = read_protocols,
    .offered = offer::choices,
    .choices = "pcp nat-pmp upnp pcp,nat-pmp,upnp"};

constinit option const timeout_option{
    .name = "--timeout",
    .value = "TIME",
    .help = "how long to wait for answers (default: 10s)",
    .read = [](request& asked, std::string_view value) -> wrong {
        return take(config::read_timeout(value), asked.timeout);
    }};

constinit option const json_option{
    .name = "--json",
    .value = "",
    .help = "print JSON",
    .read = [](request& asked, std::string_view) -> wrong {
        asked.json = true;
        return {};
    }};

constinit option const quiet_option{
    .name = "--quiet",
    .value = "",
    .help = "no notes and no warnings on standard error",
    .read = [](request& asked, std::string_view) -> wrong {
        asked.quiet = true;
        return {};
    }};

constexpr std::string_view control_help = "where pmpd listens (default: " PMP_CONTROL ")";

constinit option const control_option{
    .name = "--control",
    .value = "PATH",
    .help = control_help,
    .read = [](request& asked, std::string_view value) -> wrong {
        return take(config::read_path(value), asked.control);
    },
    .offered = offer::files};

constinit option const protocol_option{
    .name = "--protocol",
    .value = "NAME",
    .help = "tcp, udp or both (the same external port for the two)",
    .read = read_transports,
    .offered = offer::choices,
    .choices = "tcp udp both"};

constinit option const deleted_protocol_option{
    .name = "--protocol",
    .value = "NAME",
    .help = "tcp, udp or both (default: whichever was mapped)",
    .read = read_transports,
    .offered = offer::choices,
    .choices = "tcp udp both"};

constinit option const lifetime_option{
    .name = "--lifetime",
    .value = "TIME",
    .help = "how long to ask for: 90s, 30m, 1d (default: 2h)",
    .read = [](request& asked, std::string_view value) -> wrong {
        asked.lifetime_chosen = true;
        return take(config::read_lifetime(value), asked.lifetime);
    }};

constinit option const exact_option{
    .name = "--exact",
    .value = "",
    .help = "this external port or none",
    .read = [](request& asked, std::string_view) -> wrong {
        asked.exact = true;
        return {};
    }};

constinit option const host_option{
    .name = "--host",
    .value = "ADDR",
    .help = "of another machine on the LAN (default: this one)",
    .read = [](request& asked, std::string_view value) -> wrong {
        return take(config::read_host(value), asked.host);
    }};

constinit option const description_option{
    .name = "--description",
    .value = "TEXT",
    .help = "for the gateway's own table, where it has any",
    .read = [](request& asked, std::string_view value) -> wrong {
        return take(config::read_description(value), asked.description);
    }};

constinit option const keep_option{
    .name = "--keep",
    .value = "",
    .help = "stay and renew until interrupted, then release",
    .read = [](request& asked, std::string_view) -> wrong {
        asked.keep = true;
        return {};
    }};

constinit option const no_trial_option{
    .name = "--no-trial",
    .value = "",
    .help = "map nothing, not even for a moment",
    .read = [](request& asked, std::string_view) -> wrong {
        asked.no_trial = true;
        return {};
    }};

} // namespace pmp::cli
