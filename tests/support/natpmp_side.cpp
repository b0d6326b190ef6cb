// SPDX-License-Identifier: MIT
#include "support/natpmp_side.hpp"

#include "wire/natpmp.hpp"

// Sections are of RFC 6886.
namespace pmp::test {

namespace {

namespace natpmp = wire::natpmp;

constexpr std::size_t error_header_size = 8;
constexpr unsigned response_bit = 128;

nat_pmp_result in_nat_pmp(pcp_result result) {
    return result == pcp_result::no_resources ? nat_pmp_result::out_of_resources
                                              : nat_pmp_result::not_authorized;
}

/// Serves one request.
class nat_pmp_server {
public:
    nat_pmp_server(gateway_state& state, packet const& request, time_point now, exchange& seen)
        : state_(state), request_(request), now_(now), seen_(seen) {
        seen_.epoch = state_.nat_pmp_epoch.at(now_);
    }

    std::optional<wire::bytes> operator()(natpmp::address_request const&) {
        seen_.kind = request_kind::address;
        if (!state_.has_external_address()) {
            return refuse(nat_pmp_result::network_failure);
        }
        answered(0);
        // Gateways that have no address yet answer 0.0.0.0 where the standard wants an error.
        seen_.assigned.address = state_.vices.has(vice::no_external_address)
                                     ? boost::asio::ip::address_v4()
                                     : state_.options.external;
        return natpmp::encode(natpmp::address_response{0, seen_.epoch, seen_.assigned.address});
    }

    std::optional<wire::bytes> operator()(natpmp::map_request const& wanted) {
        protocol_ = wanted.protocol;
        seen_.protocol = static_cast<std::uint8_t>(wanted.protocol);
        seen_.internal = {request_.source.address, wanted.internal_port};
        seen_.suggested = {boost::asio::ip::address_v4(), wanted.suggested_port};
        seen_.lifetime = wanted.lifetime;
        if (wanted.lifetime == 0) {
            return remove();
        }
        seen_.kind = request_kind::map;
        return map();
    }

    std::optional<wire::bytes> unsupported_opcode() {
        answered(static_cast<std::uint16_t>(nat_pmp_result::unsupported_opcode));
        auto const opcode = std::to_integer<std::uint8_t>(request_.bytes[1]);
        return natpmp::encode(natpmp::error_response{opcode, seen_.result, seen_.epoch});
    }

private:
    std::optional<wire::bytes> map() {
        mapping_wish wish;
        wish.protocol = seen_.protocol;
        wish.internal = seen_.internal;
        wish.suggested = seen_.suggested;
        wish.lifetime = seen_.lifetime;
        wish.via = dialect_id::nat_pmp;
        wish.client = request_.source;
        for (auto const id : {vice::refuses, vice::refuses_renewals}) {
            if (state_.vices.has(id) && (id == vice::refuses || state_.existing(wish) != nullptr)) {
                return refuse(static_cast<nat_pmp_result>(state_.vices.value(id).number));
            }
        }
        if (!state_.has_external_address()) {
            return refuse(nat_pmp_result::network_failure);
        }
        // ProtonVPN: the internal port is whatever external one it assigns.
        if (wish.internal.port == 0 && !state_.vices.has(vice::maps_port_zero)) {
            return refuse(nat_pmp_result::not_authorized);
        }
        auto const outcome = state_.grant(wish, now_);
        if (auto const* error = std::get_if<pcp_result>(&outcome)) {
            return refuse(in_nat_pmp(*error));
        }
        auto const& granted = std::get<granted_mapping>(outcome);
        seen_.assigned = granted.external;
        seen_.granted = granted.lifetime;
        return answer_map(0);
    }

    // 3.4. There is no nonce to check: a mapping that PCP made is removed too.
    std::optional<wire::bytes> remove() {
        auto const all = seen_.internal.port == 0;
        seen_.kind = all ? request_kind::remove_all : request_kind::remove;
        if (state_.vices.has(vice::refuses_deletions)) {
            auto const code = state_.vices.value(vice::refuses_deletions).number;
            return refuse(static_cast<nat_pmp_result>(code));
        }
        if (all) {
            // miniupnpd removes the mappings of both protocols, whichever opcode asked.
            auto const both = state_.vices.has(vice::delete_all_takes_both_protocols);
            state_.table.remove_all(
                request_.source.address, both ? std::nullopt : std::optional(seen_.protocol)
            );
        }
        while (auto const* found = state_.table.find(seen_.protocol, seen_.internal)) {
            state_.table.remove(gateway_mapping{*found});
        }
        return answer_map(0);
    }

    std::optional<wire::bytes> refuse(nat_pmp_result result) {
        auto const code = static_cast<std::uint16_t>(result);
        if (seen_.kind == request_kind::address) {
            answered(code);
            return cut(natpmp::encode(natpmp::address_response{code, seen_.epoch}));
        }
        return cut(answer_map(code));
    }

    // 3.5 lets errors be short: a reader that wants all 16 octets never sees them.
    wire::bytes cut(wire::bytes error) const {
        if (state_.vices.has(vice::short_errors)) {
            error.resize(error_header_size);
        }
        return error;
    }

    wire::bytes answer_map(std::uint16_t result) {
        answered(result);
        // Old miniupnpd answered with the lower octet of each port.
        auto const mask = state_.vices.has(vice::answers_ports_modulo_256) ? 0xffU : 0xffffU;
        natpmp::map_response answer;
        answer.protocol = protocol_;
        answer.result = result;
        answer.epoch = seen_.epoch;
        answer.internal_port = static_cast<std::uint16_t>(seen_.internal.port & mask);
        answer.assigned_port = static_cast<std::uint16_t>(seen_.assigned.port & mask);
        answer.lifetime = seen_.granted;
        return natpmp::encode(answer);
    }

    void answered(std::uint16_t result) {
        seen_.answered_by = dialect_id::nat_pmp;
        seen_.result = result;
    }

    gateway_state& state_;
    packet const& request_;
    time_point now_;
    exchange& seen_;
    transport protocol_ = transport::udp;
};

} // namespace

std::optional<wire::bytes>
serve_nat_pmp(gateway_state& state, packet const& request, time_point now, exchange& seen) {
    nat_pmp_server server(state, request, now, seen);
    auto const decoded = natpmp::decode_request(request.bytes);
    if (decoded) {
        return std::visit(server, *decoded);
    }
    if (decoded.error() == fault::bad_opcode) {
        return server.unsupported_opcode();
    }
    return {};
}

wire::bytes nat_pmp_version_error(
    gateway_state const& state, packet const& request, time_point now, exchange& seen
) {
    seen.answered_by = dialect_id::nat_pmp;
    seen.result = static_cast<std::uint16_t>(nat_pmp_result::unsupported_version);
    seen.epoch = state.nat_pmp_epoch.at(now);
    auto opcode = response_bit;
    // Erratum 3618 wants 128. Dropped by a client that compares, the error means silence to it.
    if (state.vices.has(vice::version_error_opcode)) {
        auto const number = state.vices.value(vice::version_error_opcode).number;
        opcode = number == echoed_opcode
                     ? response_bit | std::to_integer<unsigned>(request.bytes[1])
                     : static_cast<unsigned>(number);
    }
    return natpmp::encode(natpmp::version_response{static_cast<std::uint8_t>(opcode), seen.epoch});
}

wire::bytes nat_pmp_announcement(gateway_state const& state, time_point at) {
    natpmp::address_response announcement;
    announcement.epoch = state.nat_pmp_epoch.at(at);
    announcement.external = state.options.external;
    if (!state.has_external_address()) {
        announcement.result = static_cast<std::uint16_t>(nat_pmp_result::network_failure);
    }
    return natpmp::encode(announcement);
}

} // namespace pmp::test
