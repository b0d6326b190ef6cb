// SPDX-License-Identifier: MIT
#include "cli/problem.hpp"

#include "cli/unanswered.hpp"
#include "cli/verb.hpp"

#include <algorithm>
#include <array>

namespace pmp::cli {

namespace {

std::string number_words(error_code error) {
    return std::string(error.category().name()) + " " + std::to_string(error.value());
}

/// ` (CONFLICT, upnp 718)`
std::string result_words(error_code error) {
    return " (" + std::string(result_name(error)) + ", " + number_words(error) + ")";
}

bool is_unknown(error_code error) {
    return result_name(error) == error.category().name();
}

std::string same_port_advice(attempt const& tried) {
    auto const asks_for_other =
        tried.external_port != 0 && tried.external_port != tried.internal_port;
    if (!asks_for_other) {
        return ", and that one is not free; map another internal port";
    }
    return std::string("; leave out ") + (tried.exact ? "--exact, and " : "") + "the external port";
}

std::string taken_words(error_code error, attempt const& tried) {
    auto const port = tried.external_port;
    if (error == upnp_result::same_port_values_required) {
        return gateway_words(tried) + " maps a port to the same external port alone" +
               result_words(error) + same_port_advice(tried);
    }
    auto const result = error.category() == fault_category() ? std::string() : result_words(error);
    auto const* const untrue = error == fault::foreign_entry
                                   ? "; if its table shows that of every port, look for newer "
                                     "software for it"
                                   : "";
    return "external port " + (port != 0 ? std::to_string(port) + " " : std::string()) +
           "is not free at " + gateway_words(tried) + result + "; choose another one, or " +
           (tried.exact ? "leave out --exact to take what the gateway assigns"
                        : "write any to take what the gateway assigns") +
           untrue;
}

/// Others were tried in place of the port that was suggested, and were all another's then: some
/// routers name other clients in their tables than those they map for.
bool is_another_everywhere(error_code error, attempt const& tried) {
    return error == fault::foreign_entry && !tried.exact;
}

bool is_forbidden(error_code error) {
    return error == pcp_result::not_authorized || error == nat_pmp_result::not_authorized ||
           error == upnp_result::action_not_authorized;
}

/// WANIPConnection:2 2.5 has it for requests that make mappings, of which this was none. What is
/// not there need not be deleted.
bool is_of_other_request(error_code error, purpose aim) {
    constexpr int first = 713;
    constexpr int last = 733;
    bool const is_of_mappings =
        error.category() == upnp_category() && (error == upnp_result::string_argument_too_long ||
                                                (error.value() >= first && error.value() <= last));
    bool const is_of_deletion = error == upnp_result::no_such_entry_in_array ||
                                error == upnp_result::port_mapping_not_found ||
                                error == upnp_result::inconsistent_parameters;
    return is_of_mappings &&
           (aim == purpose::asking || (aim == purpose::deleting && !is_of_deletion));
}

/// What is left to try where the answer is of no use. Who answers by UPnP has left the others
/// unanswered.
std::string other_way(error_code error, attempt const& tried) {
    bool const by_igd =
        error.category() == upnp_category() || error.category() == upnp_firewall_category();
    constexpr std::size_t all = 3;
    return by_igd && tried.gateway.protocols.size() == all
               ? "look for newer software for it"
               : "try another protocol with --protocols";
}

/// RFC 6887 11.3: so a gateway refuses what has been mapped with another nonce.
bool may_be_foreign(error_code error, attempt const& tried) {
    return error == pcp_result::not_authorized && tried.aim == purpose::mapping &&
           tried.unremembered;
}

/// What a result means where that depends on what was wanted.
std::string meaning(error_code error, attempt const& tried) {
    if (is_forbidden(error) && tried.aim == purpose::asking) {
        return "its policy forbids it";
    }
    if (is_forbidden(error) && tried.aim == purpose::deleting) {
        return "another client or the administrator holds the mapping";
    }
    if (may_be_foreign(error, tried)) {
        return "its policy forbids it, or port " + std::to_string(tried.internal_port) +
               " is mapped already, by another program or by pmp with a memory that is lost; such "
               "a mapping ends with its lease";
    }
    if (is_another_everywhere(error, tried)) {
        return error.message() + ", and so at each external port that was tried";
    }
    return is_of_other_request(error, tried.aim) ? "an answer that does not belong to that request"
                                                 : error.message();
}

struct advice {
    error_code error;
    std::string_view sentence;
};

std::string advice_on(error_code error, attempt const& tried) {
    auto const aim = tried.aim;
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
        advice{
            fault::entry_disabled,
            "allow this machine to open ports in the gateway's settings, or enable the mapping "
            "there"},
        advice{
            upnp_result::string_argument_too_long, "give a shorter description with --description"},
    };
    if (is_forbidden(error) && aim != purpose::mapping) {
        return aim == purpose::asking ? "switch port mapping on in the gateway's settings"
                                      : "delete it in the gateway's settings, or let it expire";
    }
    if (is_of_other_request(error, aim)) {
        return "restart the gateway, or " + other_way(error, tried);
    }
    for (auto const& each : known) {
        if (error == each.error) {
            return std::string(each.sentence);
        }
    }
    if (is_another_everywhere(error, tried)) {
        return "look for newer software for it, or try another protocol with --protocols";
    }
    if (error == fault::no_third_party) {
        return "run pmp on that machine, or allow it in the gateway's settings";
    }
    if (error == reaction::unsupported) {
        return other_way(error, tried);
    }
    return error == reaction::refused ? "allow it in the gateway's settings"
                                      : "try again in a while";
}

std::string refused_words(error_code error, attempt const& tried) {
    auto out = gateway_words(tried) + " refused to " + tried.deed + ": ";
    if (error.category() != fault_category() && is_unknown(error)) {
        return out + "result " + std::to_string(error.value()) + " of " + error.category().name() +
               ", which is not known here; " + other_way(error, tried);
    }
    if (error.category() != fault_category()) {
        out.append(result_name(error)).append(" (" + number_words(error) + "): ");
    }
    out += meaning(error, tried) + "; " + advice_on(error, tried);
    return tried.retry_in == tried.retry_in.zero()
               ? out
               : out + "; for the next " + in_words(tried.retry_in) + " it will say the same";
}

std::string undeleted_words(attempt const& tried) {
    return gateway_words(tried) + " did not " + tried.deed +
           ": it says that it has, and its table still shows it; delete it in the gateway's "
           "settings, or let it expire";
}

bool is_of_gateway(error_code error) {
    return error.category() == pcp_category() || error.category() == nat_pmp_category() ||
           error.category() == upnp_category() || error.category() == upnp_firewall_category() ||
           error.category() == fault_category();
}

} // namespace

failure explain(error_code error, attempt tried, std::chrono::seconds timeout) {
    if (tried.gateway.address && tried.gateway.address->is_v6()) {
        // It knows no IPv6, and was not asked by.
        std::erase(tried.gateway.protocols, dialect_id::nat_pmp);
    }
    if (auto out = explain_unanswered(error, tried, timeout)) {
        return *std::move(out);
    }
    if (error == reaction::port_taken && tried.aim == purpose::mapping &&
        !is_another_everywhere(error, tried)) {
        return {exit_status::refused, taken_words(error, tried)};
    }
    if (error == fault::still_in_table) {
        return {exit_status::refused, undeleted_words(tried)};
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

} // namespace pmp::cli
