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
    return answer;
}

heard hear_response(wire::pcp::response const& response) {
    error_code const error(response.result, pcp_category());
    if (error == pcp_result::unsupp_version) {
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
    request.client = wish.internal.address;
    request.body = map;
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

seconds pcp_dialect::hold_off(error_code error, seconds said) const {
    // Debian's miniupnpd sends lifetime 0 with every error but the short-lived ones.
    return std::max(said, is_short_lived(error) ? seconds(30) : seconds(300));
}

} // namespace pmp
