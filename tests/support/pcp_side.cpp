// SPDX-License-Identifier: MIT
#include "support/pcp_side.hpp"

#include "wire/pcp.hpp"

#include <algorithm>

// Sections are of RFC 6887.
namespace pmp::test {

namespace {

namespace pcp = wire::pcp;
using std::chrono::seconds;

constexpr std::uint32_t short_error = 30;
constexpr std::uint32_t long_error = 1800;
constexpr std::byte all_ones{0xff};

/// 7.4 tells which errors may soon be over.
std::uint32_t usual_lifetime(pcp_result result) {
    switch (result) {
    case pcp_result::network_failure:
    case pcp_result::no_resources:
    case pcp_result::user_ex_quota:
    case pcp_result::cannot_provide_external: return short_error;
    default: return long_error;
    }
}

std::uint32_t seconds_until(time_point end, time_point now) {
    constexpr std::int64_t most = 0xffffffff;
    auto const left = std::chrono::ceil<seconds>(end - now).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 0, most));
}

template <class Option>
Option const* find_option(pcp::request const& request) {
    for (auto const& option : request.options) {
        if (auto const* found = std::get_if<Option>(&option)) {
            return found;
        }
    }
    return nullptr;
}

/// 7.3: a success repeats the options that were processed, and no others.
std::vector<pcp::option> processed(pcp::request const& request, vice_set const& vices) {
    std::vector<pcp::option> result;
    std::copy_if(
        request.options.begin(),
        request.options.end(),
        std::back_inserter(result),
        [&](pcp::option const& option) {
            return std::holds_alternative<pcp::third_party>(option) ||
                   std::holds_alternative<pcp::prefer_failure>(option) ||
                   std::holds_alternative<pcp::description>(option) ||
                   (std::holds_alternative<pcp::filter>(option) && !vices.has(vice::ignores_filters)
                   );
        }
    );
    return result;
}

/// 13.3: they add up, and a prefix length of 0 removes all that came before.
void add_filter(std::vector<pcp::filter>& filters, pcp::filter const& one) {
    if (one.prefix_length == 0) {
        filters.clear();
    } else {
        filters.push_back(one);
    }
}

/// Reserved fields are zero when sent and ignored when received; some servers put anything there.
void set_reserved_bits(wire::bytes& message) {
    constexpr std::size_t map_size = 60;
    message.at(2) = all_ones;
    std::fill(message.begin() + 12, message.begin() + 24, all_ones);
    if (message.size() >= map_size) {
        std::fill(message.begin() + 37, message.begin() + 40, all_ones);
    }
}

/// Serves one request that could be parsed.
class pcp_server {
public:
    pcp_server(
        gateway_state& state,
        packet const& datagram,
        pcp::request const& request,
        time_point now,
        exchange& seen
    )
        : state_(state), datagram_(datagram), request_(request), now_(now), seen_(seen) {}

    wire::bytes operator()(pcp::announce_body const& body) {
        seen_.kind = request_kind::announce;
        return succeed(body, {});
    }
    wire::bytes operator()(pcp::map_body const& body) {
        describe(body);
        if (auto const refusal = check(body)) {
            return refuse(*refusal);
        }
        return request_.lifetime == 0 ? remove(body) : map(body);
    }
    wire::bytes operator()(pcp::peer_body const&) { return refuse(pcp_result::unsupp_opcode); }
    wire::bytes operator()(pcp::other_body const&) { return refuse(pcp_result::unsupp_opcode); }

    wire::bytes refuse(pcp_result result, std::optional<std::int64_t> lifetime = {}) {
        return pcp_error(state_, datagram_, result, lifetime, now_, seen_);
    }

private:
    void describe(pcp::map_body const& body) {
        auto const* third_party = find_option<pcp::third_party>(request_);
        seen_.kind = request_.lifetime == 0 ? request_kind::remove : request_kind::map;
        seen_.protocol = body.protocol;
        seen_.internal = {
            third_party != nullptr ? third_party->internal : request_.client, body.internal_port};
        seen_.suggested = body.external;
        seen_.lifetime = request_.lifetime;
        seen_.nonce = body.nonce;
        if (auto const* description = find_option<pcp::description>(request_)) {
            description_ = description->text;
        }
    }

    std::optional<pcp_result> check(pcp::map_body const& body) const {
        if (!request_.options.empty() && state_.vices.has(vice::refuses_options)) {
            return pcp_result::unsupp_option;
        }
        if (find_option<pcp::third_party_id>(request_) != nullptr) {
            return pcp_result::unsupp_option;
        }
        if (find_option<pcp::third_party>(request_) != nullptr && !state_.options.third_party) {
            return pcp_result::unsupp_option;
        }
        // 11.3: neither all protocols nor all ports of one can be mapped here.
        auto const known = body.protocol == static_cast<std::uint8_t>(transport::tcp) ||
                           body.protocol == static_cast<std::uint8_t>(transport::udp);
        if (!known || body.internal_port == 0) {
            return pcp_result::unsupp_protocol;
        }
        // No translation between the families.
        if (body.external.address.is_v4() != seen_.internal.address.is_v4()) {
            return pcp_result::cannot_provide_external;
        }
        return {};
    }

    mapping_wish wish() const {
        mapping_wish result;
        result.protocol = seen_.protocol;
        result.internal = seen_.internal;
        result.suggested = seen_.suggested;
        result.lifetime = seen_.lifetime;
        result.nonce = seen_.nonce;
        result.client = datagram_.source;
        result.exact = find_option<pcp::prefer_failure>(request_) != nullptr;
        result.description = description_;
        for (auto const& option : request_.options) {
            auto const* filter = std::get_if<pcp::filter>(&option);
            if (filter == nullptr || state_.vices.has(vice::ignores_filters)) {
                continue;
            }
            if (!result.filters) {
                auto const* known = state_.existing(result);
                result.filters = known != nullptr ? known->filters : std::vector<pcp::filter>{};
            }
            add_filter(*result.filters, *filter);
        }
        return result;
    }

    /// 11.3: a mapping belongs to whoever knows its nonce.
    bool is_foreign(gateway_mapping const* known) const {
        return known != nullptr && known->nonce && known->nonce != seen_.nonce;
    }

    wire::bytes map(pcp::map_body const& body) {
        auto const wanted = wish();
        auto const* known = state_.existing(wanted);
        // miniupnpd renews whatever the nonce.
        if (is_foreign(known) && !state_.vices.has(vice::accepts_other_nonce)) {
            return refuse(pcp_result::not_authorized, seconds_until(known->expires, now_));
        }
        for (auto const id : {vice::refuses, vice::refuses_renewals}) {
            if (state_.vices.has(id) && (id == vice::refuses || known != nullptr)) {
                return refuse_by(id);
            }
        }
        if (wanted.internal.address.is_v4() && !state_.has_external_address()) {
            return refuse(pcp_result::network_failure);
        }
        auto const outcome = state_.grant(wanted, now_);
        if (auto const* error = std::get_if<pcp_result>(&outcome)) {
            return refuse(*error);
        }
        auto const& granted = std::get<granted_mapping>(outcome);
        seen_.assigned = granted.external;
        seen_.granted = granted.lifetime;
        // Gateways that have no address yet answer 0.0.0.0 where the standard wants an error.
        if (state_.vices.has(vice::no_external_address)) {
            seen_.assigned.address = boost::asio::ip::address_v4();
        }
        auto answer = body;
        answer.external = seen_.assigned;
        return succeed(answer, processed(request_, state_.vices));
    }

    /// 15.1
    wire::bytes remove(pcp::map_body const& body) {
        auto const* found = state_.table.find(seen_.protocol, seen_.internal);
        if (is_foreign(found)) {
            return refuse(pcp_result::not_authorized, seconds_until(found->expires, now_));
        }
        if (state_.vices.has(vice::refuses_deletions)) {
            return refuse_by(vice::refuses_deletions);
        }
        // miniupnpd; a client that tries again until it succeeds never stops.
        if (found == nullptr && state_.vices.has(vice::no_resources_on_absent_delete)) {
            return refuse(pcp_result::no_resources);
        }
        while (found != nullptr && !is_foreign(found)) {
            state_.table.remove(gateway_mapping{*found});
            found = state_.table.find(seen_.protocol, seen_.internal);
        }
        return succeed(body, processed(request_, state_.vices));
    }

    wire::bytes refuse_by(vice id) {
        auto const value = state_.vices.value(id);
        return refuse(static_cast<pcp_result>(value.number & 0xff), value.lifetime);
    }

    wire::bytes succeed(pcp::body const& body, std::vector<pcp::option> options) {
        seen_.answered_by = dialect_id::pcp;
        seen_.epoch = state_.pcp_epoch.at(now_);
        pcp::response answer;
        answer.lifetime = seen_.granted;
        answer.epoch = seen_.epoch;
        answer.body = body;
        answer.options = std::move(options);
        auto* const mapped = std::get_if<pcp::map_body>(&answer.body);
        if (mapped != nullptr && state_.vices.has(vice::answers_other_nonce)) {
            mapped->nonce.front() ^= all_ones;
        }
        return pcp::encode(answer);
    }

    gateway_state& state_;
    packet const& datagram_;
    pcp::request const& request_;
    time_point now_;
    exchange& seen_;
    std::string description_;
};

wire::bytes answer_parsed(
    gateway_state& state,
    packet const& datagram,
    pcp::request const& request,
    time_point now,
    exchange& seen
) {
    pcp_server server(state, datagram, request, now, seen);
    // 8.2: behind a NAT the two differ, and a mapping would lead nowhere.
    if (request.client != datagram.source.address) {
        return server.refuse(pcp_result::address_mismatch);
    }
    return std::visit(server, request.body);
}

} // namespace

std::optional<wire::bytes>
serve_pcp(gateway_state& state, packet const& datagram, time_point now, exchange& seen) {
    auto const parsed = pcp::parse_request(datagram.bytes);
    std::optional<wire::bytes> answer;
    if (auto const* request = std::get_if<pcp::request>(&parsed)) {
        if (!request->options.empty() && state.vices.has(vice::drops_options)) {
            return {};
        }
        answer = answer_parsed(state, datagram, *request, now, seen);
    } else if (auto const result = std::get<pcp::rejection>(parsed).answer) {
        answer = pcp_error(state, datagram, *result, {}, now, seen);
    }
    if (answer && state.vices.has(vice::reserved_bits_set)) {
        set_reserved_bits(*answer);
    }
    return answer;
}

wire::bytes pcp_error(
    gateway_state const& state,
    packet const& request,
    pcp_result result,
    std::optional<std::int64_t> lifetime,
    time_point now,
    exchange& seen
) {
    seen.answered_by = dialect_id::pcp;
    seen.result = static_cast<std::uint16_t>(result);
    seen.granted = static_cast<std::uint32_t>(lifetime.value_or(usual_lifetime(result)));
    // miniupnpd; obeyed literally it makes a storm of requests.
    if (state.vices.has(vice::zero_lifetime_errors)) {
        seen.granted = 0;
    }
    seen.epoch = state.pcp_epoch.at(now);
    return pcp::encode_error(request.bytes, result, seen.granted, seen.epoch);
}

wire::bytes pcp_announcement(gateway_state const& state, time_point at) {
    pcp::response announcement;
    announcement.epoch = state.pcp_epoch.at(at);
    announcement.body = pcp::announce_body{};
    return pcp::encode(announcement);
}

wire::bytes
mapping_update(gateway_state const& state, gateway_mapping const& mapping, time_point at) {
    pcp::response update;
    update.lifetime = seconds_until(mapping.expires, at);
    update.epoch = state.pcp_epoch.at(at);
    update.body = pcp::map_body{
        mapping.nonce.value_or(pcp::nonce{}),
        mapping.protocol,
        mapping.internal.port,
        mapping.external};
    return pcp::encode(update);
}

} // namespace pmp::test
