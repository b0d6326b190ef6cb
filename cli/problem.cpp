// SPDX-License-Identifier: MIT
#include "cli/problem.hpp"

#include "cli/system.hpp"
#include "cli/verb.hpp"

#include <pmp/lease.hpp>

#include <boost/asio/error.hpp>

#include <array>

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
    return gateway_words(tried) + " did not answer: asked on " + port_words() + " by " +
           protocol_words(tried) + " for " + in_words(timeout) +
           "; switch PCP or NAT-PMP on in its settings, and look for a firewall in between";
}

std::string closed_words(attempt const& tried) {
    return gateway_words(tried) + " has closed " + port_words() + ": asked by " +
           protocol_words(tried) + ", it offers none; switch PCP or NAT-PMP on in its settings, " +
           "or name another gateway with --gateway ADDR";
}

std::string taken_words(attempt const& tried) {
    auto const port = tried.external_port;
    return "external port " + (port != 0 ? std::to_string(port) + " " : std::string()) +
           "is not free at " + gateway_words(tried) +
           "; choose another one, or leave out --exact to take what the gateway assigns";
}

struct advice {
    error_code error;
    std::string_view sentence;
};

std::string_view advice_on(error_code error) {
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
    auto const number =
        " (" + std::string(error.category().name()) + " " + std::to_string(error.value()) + ")";
    auto const name = error.category() == fault_category()
                          ? std::string()
                          : std::string(result_name(error)) + number + ": ";
    return gateway_words(tried) + " refused to " + tried.deed + ": " + name + error.message() +
           "; " + std::string(advice_on(error));
}

bool is_of_gateway(error_code error) {
    return error.category() == pcp_category() || error.category() == nat_pmp_category() ||
           error.category() == fault_category();
}

bool is_no_route(error_code error) {
    return error == asio_error::network_unreachable || error == asio_error::host_unreachable ||
           error == asio_error::network_down || error == boost::system::errc::no_such_device ||
           error == boost::system::errc::address_not_available;
}

} // namespace

failure explain(error_code error, attempt const& tried, std::chrono::seconds timeout) {
    if (is_no_route(error)) {
        return {exit_status::silent, no_route_words(tried.gateway)};
    }
    if (error == fault::gateway_silent) {
        return {exit_status::silent, silent_words(tried, timeout)};
    }
    if (error == fault::gateway_unreachable) {
        return {exit_status::silent, closed_words(tried)};
    }
    if (error == reaction::port_taken) {
        return {exit_status::refused, taken_words(tried)};
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
    struct block {
        std::uint32_t base;
        unsigned prefix_length;
        std::string_view name;
    };
    constexpr std::string_view is_private = "a private one";
    constexpr std::array blocks{
        block{0x0a00'0000, 8, is_private},
        block{0xac10'0000, 12, is_private},
        block{0xc0a8'0000, 16, is_private},
        // RFC 6598; RFC 7335 for DS-Lite and 464XLAT.
        block{0x6440'0000, 10, "shared among the provider's customers (carrier-grade NAT)"},
        block{0xc000'0000, 29, "shared among the provider's customers (carrier-grade NAT)"},
    };
    if (!external.is_v4()) {
        return {};
    }
    auto const number = external.to_v4().to_uint();
    for (auto const& each : blocks) {
        if ((number ^ each.base) >> (32U - each.prefix_length) == 0) {
            return "the external address " + external.to_string() + " is " +
                   std::string(each.name) +
                   ": there is another NAT behind the gateway, and the internet reaches the port "
                   "only if that one forwards it too; ask the provider for a public address, or "
                   "make the first device a bridge";
        }
    }
    return {};
}

} // namespace pmp::cli
