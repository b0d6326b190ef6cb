// SPDX-License-Identifier: MIT
#include "cli/unanswered.hpp"

#include "cli/system.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <pmp/lease.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>

namespace pmp::cli {

namespace {

using asio_error = boost::asio::error::basic_errors;

constexpr std::chrono::seconds usual_timeout{10};

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

/// `PCP or NAT-PMP`, as far as they were allowed.
std::string datagram_names(attempt const& tried) {
    auto const pcp = was_asked_by(tried, dialect_id::pcp);
    auto const nat_pmp = was_asked_by(tried, dialect_id::nat_pmp);
    return pcp && nat_pmp ? "PCP or NAT-PMP" : pcp ? "PCP" : "NAT-PMP";
}

/// What there is to switch on.
std::string protocol_names(attempt const& tried) {
    auto const& asked = tried.gateway.protocols;
    if (was_asked_by_igd_alone(tried)) {
        return "UPnP";
    }
    if (!was_asked_by(tried, dialect_id::igd)) {
        return datagram_names(tried);
    }
    return asked.size() == 3 ? "PCP, NAT-PMP or UPnP" : datagram_names(tried) + " or UPnP";
}

std::string no_route_words(gateway_settings const& gateway) {
    auto const& interface = gateway.interface;
    if (!interface.empty() && !has_interface(interface)) {
        return "there is no interface " + interface + "; \"" + std::string(lists_interfaces()) +
               "\" lists them";
    }
    auto const by = interface.empty() ? std::string() : " by interface " + interface;
    if (gateway.address) {
        return "no route leads to gateway " + gateway.address->to_string() + by +
               "; check the address, and whether this machine is connected";
    }
    return "no gateway was found: there is no default route" + by +
           "; connect this machine, or name the gateway with --gateway ADDR";
}

/// Of PCP and NAT-PMP, as far as they were allowed.
std::string datagram_words(attempt const& tried) {
    auto datagrams = tried;
    std::erase(datagrams.gateway.protocols, dialect_id::igd);
    return protocol_words(datagrams);
}

/// `on UDP port 5351 by pcp, nat-pmp and on UDP port 1900 by upnp`
std::string ways_words(attempt const& tried) {
    auto const by = datagram_words(tried);
    auto out = by.empty() ? std::string() : "on " + port_words() + " by " + by;
    if (was_asked_by(tried, dialect_id::igd)) {
        out.append(out.empty() ? "" : " and ").append("on UDP port 1900 by upnp");
    }
    return out;
}

/// Slow gateways take seconds.
std::string longer_words(std::chrono::seconds timeout) {
    return timeout < usual_timeout ? ", or give it more time with --timeout" : "";
}

std::string silent_words(attempt const& tried, std::chrono::seconds timeout) {
    return gateway_words(tried) + " did not answer: asked " + ways_words(tried) + " for " +
           in_words(timeout) + "; switch " + protocol_names(tried) +
           " on in its settings, and look for a firewall in between" + longer_words(timeout);
}

struct igd_fault {
    fault error;
    std::string_view what;
};

constexpr std::array igd_faults{
    igd_fault{
        fault::foreign_address,
        "it says that its description or its control is at another host, which is not asked: that "
        "may be a trap"},
    igd_fault{fault::http_failed, "its HTTP server refuses what it is asked"},
    igd_fault{
        fault::no_http, "its HTTP server does not answer in time, breaks off or can't be reached"},
    igd_fault{fault::bad_description, "its description is too long, is cut off or can't be read"},
    igd_fault{fault::unreadable_address, "what it tells as its external address can't be read"},
};

/// Something answers by UPnP, and can't be used. Null: it is none of that.
igd_fault const* igd_fault_of(error_code error) {
    auto const* const found =
        std::find_if(igd_faults.begin(), igd_faults.end(), [error](auto const& f) {
            return error == f.error;
        });
    return found != igd_faults.end() ? &*found : nullptr;
}

/// What has been asked for may have been done all the same.
std::string
slow_words(attempt const& tried, std::string const& known, std::chrono::seconds timeout) {
    auto const* const undone =
        tried.aim == purpose::deleting ? " did not confirm to " : " did not ";
    return gateway_words(tried) + undone + tried.deed + ": " + known +
           ", but its HTTP server does not answer in time; give it more time than " +
           in_words(timeout) + " with --timeout, and restart it where that does not help";
}

std::string
igd_words(igd_fault const& trouble, attempt const& tried, std::chrono::seconds timeout) {
    auto const* const also =
        was_asked_by_igd_alone(tried) ? "" : ", and by nothing else that was asked";
    if (trouble.error == fault::no_http && tried.out_of_time) {
        return slow_words(tried, std::string("it answers by UPnP") + also, timeout);
    }
    auto const place = tried.place.empty() ? std::string() : " (" + printable(tried.place) + ")";
    return gateway_words(tried) + " did not " + tried.deed + ": it answers by UPnP" + also +
           ", but " + std::string(trouble.what) + place +
           "; restart the gateway, or switch UPnP off and on in its settings" +
           (trouble.error == fault::no_http ? longer_words(timeout) : "");
}

std::string no_igd_words(attempt const& tried) {
    return gateway_words(tried) +
           " offers nothing by UPnP: a search for it was not answered, or its description tells of "
           "no connection; switch UPnP on in its settings, and look for a firewall in between";
}

std::string closed_words(attempt const& tried) {
    auto const* const search = was_asked_by(tried, dialect_id::igd)
                                   ? ", nor answers a search on UDP port 1900 by upnp"
                                   : "";
    return gateway_words(tried) + " has closed " + port_words() + ": asked by " +
           datagram_words(tried) + ", it offers none" + search + "; switch " +
           protocol_names(tried) +
           " on in its settings, or name another gateway with --gateway ADDR";
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

std::string malformed_words(error_code error, attempt const& tried) {
    // A forbidden value may have come by any protocol.
    bool const is_value = error == fault::bad_value;
    return gateway_words(tried) + " did not " + tried.deed + ": it answers" +
           (is_value ? std::string() : " by " + datagram_names(tried)) + ", but not usably: " +
           (is_value ? "a field of its answer, such as the nonce or the lifetime granted, holds a "
                       "forbidden value"
                     : error.message()) +
           "; restart the gateway, or try another protocol with --protocols";
}

std::string gatewayless_words(attempt const& tried) {
    return gateway_words(tried) + " did not " + tried.deed +
           ": it does not answer, and though this host's own address is a public one, without a "
           "gateway " +
           (tried.exact ? "the external port is the internal one; leave out --exact"
                        : "it has its own ports alone; switch " + protocol_names(tried) +
                              " on in the gateway's settings");
}

bool is_no_route(error_code error) {
    return error == asio_error::network_unreachable || error == asio_error::host_unreachable ||
           error == asio_error::network_down || error == boost::system::errc::no_such_device ||
           error == boost::system::errc::address_not_available;
}

} // namespace

std::string gateway_words(attempt const& tried) {
    auto const& address = tried.gateway.address;
    auto const& interface = tried.gateway.interface;
    if (!address) {
        return "the gateway";
    }
    auto const text = "gateway " + address->to_string();
    bool const lacks_zone = address->is_v6() && address->to_v6().is_link_local() &&
                            address->to_v6().scope_id() == 0 && !interface.empty();
    return lacks_zone ? text + "%" + interface : text;
}

std::optional<failure>
explain_unanswered(error_code error, attempt const& tried, std::chrono::seconds timeout) {
    if (is_no_route(error)) {
        return failure{exit_status::silent, no_route_words(tried.gateway)};
    }
    if (error == asio_error::operation_not_supported && tried.gateway.protocols.empty()) {
        return failure{
            exit_status::refused,
            gateway_words(tried) + " can't be asked to " + tried.deed +
                " by nat-pmp, which knows no IPv6; use --protocols pcp,upnp"};
    }
    if (error == fault::needs_gateway) {
        return failure{exit_status::refused, gatewayless_words(tried)};
    }
    if (tried.own_address && is_silence(error)) {
        return failure{exit_status::silent, direct_words(*tried.own_address)};
    }
    if (error == fault::gateway_silent) {
        return failure{exit_status::silent, silent_words(tried, timeout)};
    }
    if (error == fault::no_igd) {
        return failure{exit_status::silent, no_igd_words(tried)};
    }
    if (error == fault::gateway_unreachable) {
        return failure{exit_status::silent, closed_words(tried)};
    }
    if (auto const* trouble = igd_fault_of(error)) {
        auto const status = error == fault::no_http ? exit_status::silent : exit_status::refused;
        return failure{status, igd_words(*trouble, tried, timeout)};
    }
    if (is_unspoken(error)) {
        return failure{exit_status::refused, unspoken_words(tried)};
    }
    if (is_malformed(error)) {
        return failure{exit_status::refused, malformed_words(error, tried)};
    }
    return {};
}

bool is_silence(error_code error) {
    return error == fault::gateway_silent || error == fault::gateway_unreachable ||
           error == fault::no_igd;
}

bool is_unspoken(error_code error) {
    return error == pcp_result::unsupp_version || error == nat_pmp_result::unsupported_version;
}

bool is_malformed(error_code error) {
    return error.category() == fault_category() &&
           error.value() >= static_cast<int>(fault::truncated) &&
           error.value() <= static_cast<int>(fault::bad_value);
}

std::string direct_words(ip_address const& own) {
    return "no gateway answers, and none is needed: " + own.to_string() +
           " is this host's own address, and a public one; there is nothing to map, only the "
           "firewall of this host has to let the port in";
}

std::string open_firewall_words(ip_address const& gateway) {
    return "the IPv6 firewall of gateway " + gateway.to_string() + " is off and lets everything in";
}

} // namespace pmp::cli
