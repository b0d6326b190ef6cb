// SPDX-License-Identifier: MIT
#include "dialect/pcp_dialect.hpp"

#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <algorithm>

namespace pmp {

namespace {

using std::chrono::seconds;

/// RFC 6887 8.3 and 15: what to make of absurd lifetimes.
constexpr seconds longest_lifetime{86400};
/// RFC 6887 7: with all else that a request may hold they fit into 1100 octets.
constexpr std::size_t most_filters = 32;
/// Likewise, in octets.
constexpr std::size_t longest_description = 200;
/// RFC 6887 13.3 with erratum 3891: where the prefixes of IPv4 begin.
constexpr unsigned ipv4_prefix_base = 96;

bool is_short_lived(error_code error) {
    return error == pcp_result::network_failure || error == pcp_result::no_resources ||
           error == pcp_result::user_ex_quota;
}

/// RFC 6887 11.3: the gateway's own ports are not to be suggested. 11.1: neither is an address of
/// the other family, for which the answer would be refused each time; a broken answer may have
/// assigned one.
endpoint sanctioned(lease_request const& wish) {
    auto suggested = wish.suggested;
    auto const own = suggested.port == gateway_port || suggested.port == announcement_port;
    if (wish.protocol == transport::udp && own) {
        suggested.port = 0;
    }
    if (suggested.address.is_v4() != wish.internal.address.is_v4()) {
        suggested.address = wish.internal.address.is_v4()
                                ? ip_address(boost::asio::ip::address_v4())
                                : boost::asio::ip::address_v6();
    }
    return suggested;
}

// Debian's miniupnpd answers NO_RESOURCES to the deletion of a mapping that it does not have.
bool confirms_deletion(error_code error) {
    return !error.failed() || error == pcp_result::no_resources;
}

wire::pcp::filter filter_of(remote_prefix const& from) {
    auto const base = from.address.is_v4() ? ipv4_prefix_base : 0U;
    return {static_cast<std::uint8_t>(base + from.length), 0, from.address};
}

/// Whole characters of the text, as far as there is room for them, and of whole 32-bit words:
/// miniupnpd takes an option's padding for an option of its own, and answers MALFORMED_OPTION.
std::string fitted(std::string text) {
    constexpr std::size_t word = 4;
    constexpr unsigned char continues = 0x80;
    constexpr unsigned char mask = 0xc0;
    auto size = std::min(text.size(), longest_description);
    while (size > 0 && size < text.size() &&
           (static_cast<unsigned char>(text[size]) & mask) == continues) {
        --size;
    }
    text.resize(size);
    text.resize((size + word - 1) / word * word, ' ');
    return text;
}

std::vector<wire::pcp::option> options_for(lease_request const& wish) {
    std::vector<wire::pcp::option> out;
    if (wish.sender) {
        out.emplace_back(wire::pcp::third_party{wish.internal.address});
    }
    if (wish.lifetime == seconds(0)) {
        return out;
    }
    // RFC 6887 13.2: PREFER_FAILURE is not for clients like this one, and many servers ignore it:
    // an exact port is compared with what is assigned.
    if (!wish.allow.empty()) {
        // RFC 6887 13.3: they add up, unless those that are there are removed first.
        out.emplace_back(wire::pcp::filter{});
    }
    for (auto const& each : wish.allow) {
        out.emplace_back(filter_of(each));
    }
    if (!wish.description.empty()) {
        out.emplace_back(wire::pcp::description{fitted(wish.description)});
    }
    return out;
}

/// What a response says by its options: those of a success have been heeded (RFC 6887 7.3).
void take_options(lease_answer& answer, std::vector<wire::pcp::option> const& options) {
    for (auto const& option : options) {
        if (auto const* party = std::get_if<wire::pcp::third_party>(&option)) {
            answer.third_party = party->internal;
        } else if (auto const* filter = std::get_if<wire::pcp::filter>(&option)) {
            answer.filtered = answer.filtered || filter->prefix_length != 0;
        }
    }
}

lease_answer answer_of(wire::pcp::response const& response, wire::pcp::map_body const& map) {
    lease_answer answer;
    answer.protocol = static_cast<transport>(map.protocol);
    answer.internal_port = map.internal_port;
    answer.nonce = map.nonce;
    answer.epoch = response.epoch;
    answer.error = error_code(response.result, pcp_category());
    auto const lifetime = std::min(seconds(response.lifetime), longest_lifetime);
    (answer.error ? answer.retry_after : answer.lifetime) = lifetime;
    answer.assigned = map.external;
    answer.deleted = confirms_deletion(answer.error);
    take_options(answer, response.options);
    return answer;
}

/// With the nonce of a request it answers that: another dialect's datagram has none.
bool is_of_request(wire::pcp::response const& response) {
    auto const* map = std::get_if<wire::pcp::map_body>(&response.body);
    return map != nullptr && map->nonce != wire::pcp::nonce{};
}

heard hear_response(wire::pcp::response const& response) {
    error_code const error(response.result, pcp_category());
    bool const contradicts_itself =
        response.version == wire::pcp::version && is_of_request(response);
    if (error == pcp_result::unsupp_version && !contradicts_itself) {
        // Version 2 refused in version 2 is the answer to another dialect's datagram.
        return response.version == wire::pcp::version
                   ? heard(not_heard{})
                   : not_spoken{error, std::min(seconds(response.lifetime), seconds(1800))};
    }
    if (auto const* map = std::get_if<wire::pcp::map_body>(&response.body)) {
        return answer_of(response, *map);
    }
    if (std::holds_alternative<wire::pcp::announce_body>(response.body)) {
        return gateway_news{response.epoch, error, {}};
    }
    return not_heard{};
}

} // namespace

patience pcp_dialect::patience() const {
    // RFC 6887 8.1.1: IRT, MRT, RAND; MRC = 0.
    return {seconds(3), seconds(1024), 0.1, 0, true};
}

wire::bytes pcp_dialect::ask(lease_request const& wish) const {
    wire::pcp::map_body map;
    map.nonce = wish.nonce;
    map.protocol = static_cast<std::uint8_t>(wish.protocol);
    map.internal_port = wish.internal.port;
    map.external = sanctioned(wish);
    wire::pcp::request request;
    request.lifetime = static_cast<std::uint32_t>(wish.lifetime.count());
    request.client = wish.sender.value_or(wish.internal.address);
    request.body = map;
    request.options = options_for(wish);
    return wire::pcp::encode(request).value();
}

wire::bytes pcp_dialect::probe(ip_address const& internal) const {
    wire::pcp::request request;
    request.client = internal;
    request.body = wire::pcp::announce_body{};
    return wire::pcp::encode(request).value();
}

heard pcp_dialect::hear(std::span<std::byte const> datagram) const {
    // RFC 6887 9: a NAT-PMP gateway answers in its own format, shorter than any PCP header.
    if (auto const old = wire::natpmp::decode_response(datagram);
        old && std::holds_alternative<wire::natpmp::version_response>(*old)) {
        return not_spoken{nat_pmp_result::unsupported_version, {}};
    }
    auto const response = wire::pcp::decode_response(datagram);
    return response ? hear_response(*response) : heard(not_heard{});
}

error_code pcp_dialect::lacks(lease_request const& wish) const {
    if (wish.internal.port == 0) {
        // RFC 6887 11.1: to PCP that is all ports.
        return fault::bad_value;
    }
    return wish.allow.size() > most_filters ? error_code(pcp_result::excessive_remote_peers)
                                            : error_code();
}

seconds pcp_dialect::hold_off(error_code error, seconds said) const {
    // Debian's miniupnpd sends lifetime 0 with every error but the short-lived ones.
    return std::max(said, is_short_lived(error) ? seconds(30) : seconds(300));
}

} // namespace pmp
