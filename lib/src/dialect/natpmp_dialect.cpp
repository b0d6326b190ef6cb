// SPDX-License-Identifier: MIT
#include "dialect/natpmp_dialect.hpp"

#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <algorithm>

namespace pmp {

namespace {

using std::chrono::seconds;

error_code error_of(std::uint16_t result) {
    return {result, nat_pmp_category()};
}

heard hear(wire::natpmp::address_response const& response) {
    auto const error = error_of(response.result);
    return gateway_news{
        response.epoch, error, error ? std::nullopt : std::optional(response.external)};
}

heard hear(wire::natpmp::map_response const& response) {
    lease_answer answer;
    answer.protocol = response.protocol;
    if (response.has_ports) {
        answer.internal_port = response.internal_port;
    }
    answer.epoch = response.epoch;
    answer.error = error_of(response.result);
    answer.assigned = {boost::asio::ip::address_v4(), response.assigned_port};
    // The cap of RFC 6887 15; miniupnpd grants 10^9 seconds as asked.
    answer.lifetime = std::min(seconds(response.lifetime), seconds(86400));
    answer.deleted = !answer.error && response.lifetime == 0;
    return answer;
}

heard hear(wire::natpmp::version_response const&) {
    return not_heard{};
}

heard hear(wire::natpmp::error_response const& response) {
    return gateway_news{response.epoch, error_of(response.result), {}};
}

} // namespace

patience natpmp_dialect::patience() const {
    // RFC 6886 3.1: 250 ms, doubling; the ninth wait is 64 s.
    return {milliseconds(250), seconds(64), 0, 9, false};
}

wire::bytes natpmp_dialect::ask(lease_request const& wish) const {
    // ProtonVPN wants external port 1 suggested, where both are left to it.
    auto const suggested = wish.internal.port == 0 && wish.suggested.port == 0
                               ? std::uint16_t{1}
                               : wish.suggested.port;
    return wire::natpmp::encode(wire::natpmp::map_request{
        wish.protocol,
        wish.internal.port,
        suggested,
        static_cast<std::uint32_t>(wish.lifetime.count()),
    });
}

wire::bytes natpmp_dialect::probe(ip_address const& /*internal*/) const {
    return wire::natpmp::encode(wire::natpmp::address_request{});
}

heard natpmp_dialect::hear(std::span<std::byte const> datagram) const {
    if (auto const response = wire::natpmp::decode_response(datagram)) {
        return std::visit([](auto const& r) { return pmp::hear(r); }, *response);
    }
    // RFC 6887 appendix A: what a gateway that speaks PCP alone answers to NAT-PMP.
    auto const other = wire::pcp::decode_response(datagram);
    if (other && other->result == static_cast<int>(pcp_result::unsupp_version)) {
        return not_spoken{pcp_result::unsupp_version, {}};
    }
    return not_heard{};
}

/// RFC 6886 3.5: else it is what a gateway that speaks NAT-PMP answers to PCP.
heard natpmp_dialect::hear_alone(std::span<std::byte const> datagram) const {
    auto const response = wire::natpmp::decode_response(datagram);
    bool const denied =
        response && std::holds_alternative<wire::natpmp::version_response>(*response);
    return denied ? not_spoken{nat_pmp_result::unsupported_version, {}} : hear(datagram);
}

error_code natpmp_dialect::lacks(lease_request const& wish) const {
    if (wish.internal.port == 0 && wish.lifetime == seconds(0)) {
        // RFC 6886 3.4: it would delete all mappings of this host.
        return fault::left_to_expire;
    }
    if (wish.sender) {
        return fault::no_third_party;
    }
    return wish.allow.empty() ? error_code() : fault::no_filter;
}

seconds natpmp_dialect::hold_off(error_code error, seconds /*said*/) const {
    // NAT-PMP has no error lifetimes.
    if (error == nat_pmp_result::network_failure) {
        return seconds(30);
    }
    return error == nat_pmp_result::out_of_resources ? seconds(120) : seconds(1800);
}

} // namespace pmp
