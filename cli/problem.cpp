// SPDX-License-Identifier: MIT
#include "cli/problem.hpp"

#include "cli/system.hpp"
#include "cli/verb.hpp"

#include <pmp/lease.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace pmp::cli {

namespace {

using asio_error = boost::asio::error::basic_errors;

std::string gateway_words(attempt const& tried) {
    auto const& address = tried.gateway.address;
    return address ? "gateway " + address->to_string() : "the gateway";
}

std::string protocol_words(attempt const& tried) {
    std::string out;
    for (auto const each : tried.gateway.protocols) {
        out += out.empty() ? "" : ", ";
        out += to_string(each);
    }
    return out;
}

std::string port_words() {
    return "UDP port " + std::to_string(gateway_port);
}

bool was_asked_by(attempt const& tried, dialect_id id) {
    auto const& asked = tried.gateway.protocols;
    return std::find(asked.begin(), asked.end(), id) != asked.end();
}

bool was_asked_by_igd_alone(attempt const& tried) {
    return tried.gateway.protocols == std::vector{dialect_id::igd};
}

/// What there is to switch on.
std::string protocol_names(attempt const& tried) {
    if (was_asked_by_igd_alone(tried)) {
        return "UPnP";
    }
    return was_asked_by(tried, dialect_id::igd) ? "PCP, NAT-PMP or UPnP" : "PCP or NAT-PMP";
}

std::string no_route_words(gateway_settings const& gateway) {
    auto const& interface = gateway.interface;
    if (!interface.empty() && !has_interface(interface)) {
        return "there is no interface " + interface + "; \"ip link\" lists them";
    }
    auto const by = interface.empty() ? std::string() : " by interface " + interface;
    if (gateway.address) {
        return "no route leads to gateway " + gateway.address->to_string() + by +
               "; check the address, and whether this machine is connected";
    }
    return "no gateway was found: there is no default route" + by +
           "; connect this machine, or name the gateway with --gateway ADDR";
}

std::string silent_words(attempt const& tried, std::chrono::seconds timeout) {
    auto const on = was_asked_by_igd_alone(tried) ? "" : "on " + port_words() + " ";
    return gateway_words(tried) + " did not answer: asked " + on + "by " + protocol_words(tried) +
           " for " + in_words(timeout) + "; switch " + protocol_names(tried) +
           " on in its settings, and look for a firewall in between";
}

std::string no_igd_words(attempt const& tried) {
    return gateway_words(tried) +
           " offers nothing by UPnP: a search for it was not answered, or its description tells of "
           "no connection; switch UPnP on in its settings, and look for a firewall in between";
}

std::string closed_words(attempt const& tried) {
    return gateway_words(tried) + " has closed " + port_words() + ": asked by " +
           protocol_words(tried) + ", it offers none; switch " + protocol_names(tried) +
           " on in its settings, " + "or name another gateway with --gateway ADDR";
}

std::string number_words(error_code error) {
    return std::string(error.category().name()) + " " + std::to_string(error.value());
}

bool is_unknown(error_code error) {
    return result_name(error) == error.category().name();
}

std::string taken_words(error_code error, attempt const& tried) {
    auto const port = tried.external_port;
    auto const result =
        error.category() == fault_category()
            ? std::string()
            : " (" + std::string(result_name(error)) + ", " + number_words(error) + ")";
    return "external port " + (port != 0 ? std::to_string(port) + " " : std::string()) +
           "is not free at " + gateway_words(tried) + result + "; choose another one, or " +
           (tried.exact ? "leave out --exact to take what the gateway assigns"
                        : "write any to take what the gateway assigns");
}

/// Who answers that does not tell which of the protocols it means.
std::string unspoken_words(attempt const& tried) {
    auto const has = [&tried](dialect_id id) { return was_asked_by(tried, id); };
    if (has(dialect_id::pcp) && has(dialect_id::nat_pmp)) {
        return gateway_words(tried) + " answers, but speaks neither version 2 of PCP nor NAT-PMP" +
               (has(dialect_id::igd) ? " nor UPnP; " : "; ") + "look for newer software for it";
    }
    return gateway_words(tried) + " does not speak " +
           (has(dialect_id::pcp) ? "PCP; try --protocols nat-pmp" : "NAT-PMP; try --protocols pcp");
}

bool is_unspoken(error_code error) {
    return error == pcp_result::unsupp_version || error == nat_pmp_result::unsupported_version;
}

/// The gateway has answered, and nobody can make anything of it.
bool is_malformed(error_code error) {
    return error.category() == fault_category() &&
           error.value() >= static_cast<int>(fault::truncated) &&
           error.value() <= static_cast<int>(fault::bad_value);
}

std::string malformed_words(error_code error, attempt const& tried) {
    return gateway_words(tried) + " did not " + tried.deed + ": its answer is of no use, since " +
           (error == fault::bad_value && tried.aim == purpose::mapping
                ? "a field of it, such as the lifetime granted, holds a forbidden value"
                : error.message()) +
           "; restart the gateway, or try another protocol with --protocols";
}

bool is_forbidden(error_code error) {
    return error == pcp_result::not_authorized || error == nat_pmp_result::not_authorized;
}

/// What a result means where that depends on what was wanted.
std::string meaning(error_code error, attempt const& tried) {
    if (is_forbidden(error) && tried.aim == purpose::asking) {
        return "its policy forbids it";
    }
    if (is_forbidden(error) && tried.aim == purpose::deleting) {
        return "another client or the administrator holds the mapping";
    }
    return error.message();
}

struct advice {
    error_code error;
    std::string_view sentence;
};

std::string_view advice_on(error_code error, purpose aim) {
    static std::array const known{
        advice{
            pcp_result::network_failure,
            "check the gateway's own connection to the internet, then try again"},
        advice{
            nat_pmp_result::network_failure,
            "check the gateway's own connection to the internet, then try again"},
        advice{
            fault::no_external_address,
            "check the gateway's own connection to the internet, then try again"},
        advice{
            pcp_result::user_ex_quota,
            "delete mappings of this machine with pmp unmap, or raise the gateway's limit"},
        advice{
            pcp_result::address_mismatch,
            "name the gateway next to this machine with --gateway ADDR"},
        advice{nat_pmp_result::not_authorized, "switch port mapping on in the gateway's settings"},
        advice{
            pcp_result::not_authorized,
            "allow it in the gateway's settings, or choose another port"},
    };
    if (is_forbidden(error) && aim != purpose::mapping) {
        return aim == purpose::asking ? "switch port mapping on in the gateway's settings"
                                      : "delete it in the gateway's settings, or let it expire";
    }
    for (auto const& each : known) {
        if (error == each.error) {
            return each.sentence;
        }
    }
    if (error == fault::no_third_party) {
        return "run pmp on that machine, or allow it in the gateway's settings";
    }
    if (error == reaction::unsupported) {
        return "try another protocol with --protocols";
    }
    return error == reaction::refused ? "allow it in the gateway's settings"
                                      : "try again in a while";
}

std::string refused_words(error_code error, attempt const& tried) {
    auto out = gateway_words(tried) + " refused to " + tried.deed + ": ";
    if (error.category() != fault_category() && is_unknown(error)) {
        return out + "result " + std::to_string(error.value()) + " of " + error.category().name() +
               ", which is not known here; try another protocol with --protocols";
    }
    if (error.category() != fault_category()) {
        out.append(result_name(error)).append(" (" + number_words(error) + "): ");
    }
    out += meaning(error, tried) + "; " + std::string(advice_on(error, tried.aim));
    return tried.retry_in == tried.retry_in.zero()
               ? out
               : out + "; for the next " + in_words(tried.retry_in) + " it will say the same";
}

bool is_of_gateway(error_code error) {
    return error.category() == pcp_category() || error.category() == nat_pmp_category() ||
           error.category() == upnp_category() || error.category() == fault_category();
}

bool is_no_route(error_code error) {
    return error == asio_error::network_unreachable || error == asio_error::host_unreachable ||
           error == asio_error::network_down || error == boost::system::errc::no_such_device ||
           error == boost::system::errc::address_not_available;
}

/// Addresses that begin alike, and what is to be said of them.
struct block {
    std::uint32_t base;
    unsigned prefix_length;
    std::string_view name;
};

/// Null: it is in none of them.
block const* block_of(ip_address const& external, std::span<block const> blocks) {
    if (!external.is_v4()) {
        return nullptr;
    }
    auto const number = external.to_v4().to_uint();
    auto const found = std::find_if(blocks.begin(), blocks.end(), [number](block const& each) {
        return (number ^ each.base) >> (32U - each.prefix_length) == 0;
    });
    return found != blocks.end() ? &*found : nullptr;
}

} // namespace

failure explain(error_code error, attempt const& tried, std::chrono::seconds timeout) {
    if (is_no_route(error)) {
        return {exit_status::silent, no_route_words(tried.gateway)};
    }
    if (error == fault::gateway_silent) {
        return {exit_status::silent, silent_words(tried, timeout)};
    }
    if (error == fault::no_igd) {
        return {exit_status::silent, no_igd_words(tried)};
    }
    if (error == fault::gateway_unreachable) {
        return {exit_status::silent, closed_words(tried)};
    }
    if (error == reaction::port_taken) {
        return {exit_status::refused, taken_words(error, tried)};
    }
    if (is_unspoken(error)) {
        return {exit_status::refused, unspoken_words(tried)};
    }
    if (is_malformed(error)) {
        return {exit_status::refused, malformed_words(error, tried)};
    }
    if (is_of_gateway(error)) {
        return {exit_status::refused, refused_words(error, tried)};
    }
    return {
        exit_status::refused,
        "this machine can't ask " + gateway_words(tried) + " to " + tried.deed + ": " +
            error.message()};
}

std::string in_words(std::chrono::seconds span) {
    using namespace std::chrono;
    struct unit {
        seconds length;
        std::string_view name;
    };
    std::string out;
    for (auto const& u : {unit{24h, " d"}, unit{1h, " h"}, unit{1min, " min"}, unit{1s, " s"}}) {
        if (auto const count = span / u.length; count != 0) {
            out += out.empty() ? "" : " ";
            out += std::to_string(count).append(u.name);
            span -= count * u.length;
        }
    }
    return out.empty() ? "0 s" : out;
}

std::optional<std::string> another_nat(ip_address const& external) {
    constexpr std::string_view is_private = "a private one";
    static constexpr std::array blocks{
        block{0x0a00'0000, 8, is_private},
        block{0xac10'0000, 12, is_private},
        block{0xc0a8'0000, 16, is_private},
        // RFC 6598; RFC 7335 for DS-Lite and 464XLAT.
        block{0x6440'0000, 10, "shared among the provider's customers (carrier-grade NAT)"},
        block{0xc000'0000, 29, "shared among the provider's customers (carrier-grade NAT)"},
    };
    auto const* const found = block_of(external, blocks);
    if (found == nullptr) {
        return {};
    }
    return "the external address " + external.to_string() + " is " + std::string(found->name) +
           ": there is another NAT behind the gateway, and the internet reaches the port "
           "only if that one forwards it too; ask the provider for a public address, or "
           "make the first device a bridge";
}

std::optional<std::string> not_reachable(ip_address const& external) {
    // RFC 6890. Networks for documentation and for benchmarks are what tests are made of.
    static constexpr std::array blocks{
        block{0x0000'0000, 8, "one that no host has"},
        block{0x7f00'0000, 8, "a loopback address"},
        block{0xa9fe'0000, 16, "a link-local one"},
        block{0xe000'0000, 4, "a multicast address"},
        block{0xf000'0000, 4, "a reserved one"},
    };
    auto const* const found = external.is_unspecified() ? nullptr : block_of(external, blocks);
    if (found == nullptr) {
        return another_nat(external);
    }
    return "the external address " + external.to_string() + " is " + std::string(found->name) +
           ": the internet can't reach it; check the gateway's own connection to the internet";
}

} // namespace pmp::cli
