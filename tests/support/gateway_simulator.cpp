// SPDX-License-Identifier: MIT
#include "support/gateway_simulator.hpp"

#include "support/igd_side.hpp"
#include "support/natpmp_side.hpp"
#include "support/pcp_side.hpp"
#include "support/ssdp_responder.hpp"
#include "wire/natpmp.hpp"

#include <pmp/network.hpp>

#include <algorithm>

namespace pmp::test {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::byte response_bit{0x80};
constexpr std::uint16_t other_port = gateway_port + 1;
constexpr std::uint8_t discard_port = 9;
/// RFC 6886 3.2.1
constexpr int burst = 10;
constexpr auto first_gap = 250ms;
/// RFC 6887 14.2
constexpr std::array<nanoseconds, 3> update_times = {0ms, 250ms, 750ms};

endpoint announcement_group(ip_address const& gateway) {
    return {
        boost::asio::ip::make_address(gateway.is_v4() ? "224.0.0.1" : "ff02::1"),
        announcement_port};
}

ip_address neighbour_of(ip_address const& address) {
    if (address.is_v4()) {
        return boost::asio::ip::address_v4(address.to_v4().to_uint() + 1);
    }
    auto octets = address.to_v6().to_bytes();
    octets.back() = static_cast<unsigned char>(octets.back() + 1);
    return boost::asio::ip::address_v6(octets);
}

} // namespace

gateway_simulator::gateway_simulator(gateway_options const& options, std::uint64_t seed, time_point now)
    : state_{
          options,
          {},
          {},
          random_source(seed),
          epoch_clock(now, options.uptime),
          epoch_clock(now, options.uptime),
          igd_state{epoch_clock(now, options.uptime)}}
    , now_(now) {}

void gateway_simulator::receive(packet const& request, time_point now) {
    tick(now);
    if (request.destination.port == wire::ssdp::port) {
        receive_search(request, now);
        return;
    }
    if (loses_next()) {
        return;
    }
    std::optional<wire::bytes> answer;
    auto const seen = serve(request, now, answer);
    record(seen);
    if (!answer) {
        return;
    }
    deliver(request, *answer, now);
    // RFC 6887 8.3: contradictory answers may follow one request, and all of them count.
    if (state_.vices.has(vice::late_contradictions) && seen.via == dialect_id::pcp &&
        seen.kind == request_kind::map && seen.result == 0) {
        contradict(request, *answer, now);
    }
    // What an earlier owner of the address asked for is answered to the present one.
    if (state_.vices.has(vice::volunteers_answers)) {
        volunteer(request, now);
    }
}

void gateway_simulator::receive_search(packet const& request, time_point now) {
    if (!state_.speaks(dialect_id::igd) || loses_next()) {
        return;
    }
    exchange seen;
    seen.at = now;
    seen.client = request.source;
    seen.via = dialect_id::igd;
    seen.kind = request_kind::search;
    auto answers = answer_search(state_, request);
    if (!answers.empty()) {
        seen.answered_by = dialect_id::igd;
    }
    record(seen);
    for (auto& [later, answer] : answers) {
        ++statistics_.answers;
        send(purpose::answer, std::move(answer), now + later);
    }
}

stream_answer gateway_simulator::converse(
    endpoint const& client, std::uint16_t port, std::string const& request, time_point now
) {
    tick(now);
    if (booting_ || state_.vices.has(vice::silent)) {
        return {stream_fate::unreachable};
    }
    if (http_port() != port) {
        return {stream_fate::refused};
    }
    if (loses_next()) {
        return {stream_fate::ignored};
    }
    exchange seen;
    seen.at = now;
    seen.client = client;
    auto answer = serve_http(state_, request, client, now, seen);
    record(seen);
    ++statistics_.answers;
    return answer;
}

std::optional<std::uint16_t> gateway_simulator::http_port() const {
    return state_.speaks(dialect_id::igd) ? std::optional(state_.igd.port) : std::nullopt;
}

bool gateway_simulator::loses_next() {
    if (booting_ || state_.vices.has(vice::silent)) {
        return true;
    }
    ++statistics_.requests;
    auto const every = static_cast<std::size_t>(state_.vices.value(vice::loses_every).number);
    return every != 0 && statistics_.requests % every == 0;
}

exchange gateway_simulator::serve(
    packet const& request, time_point now, std::optional<wire::bytes>& answer
) {
    exchange seen;
    seen.at = now;
    seen.client = request.source;
    if (request.bytes.size() < 2 || (request.bytes[1] & response_bit) != std::byte{}) {
        return seen;
    }
    auto const version = std::to_integer<std::uint8_t>(request.bytes[0]);
    if (version == wire::pcp::version) {
        seen.via = dialect_id::pcp;
        // Some NAT-PMP gateways drop what they do not know.
        if (state_.vices.has(vice::ignores_version_2)) {
            return seen;
        }
    } else if (version == wire::natpmp::version) {
        seen.via = dialect_id::nat_pmp;
    }

    if (state_.vices.has(vice::only_version_3) && state_.speaks(dialect_id::pcp)) {
        answer = pcp_error(state_, request, pcp_result::unsupp_version, {}, now, seen);
        answer->front() = std::byte{3};
    } else if (seen.via == dialect_id::pcp && state_.speaks(dialect_id::pcp)) {
        answer = serve_pcp(state_, request, now, seen);
    } else if (seen.via == dialect_id::nat_pmp && state_.speaks(dialect_id::nat_pmp)) {
        answer = serve_nat_pmp(state_, request, now, seen);
    } else if (state_.speaks(dialect_id::pcp)) {
        // RFC 6887 9
        answer = pcp_error(state_, request, pcp_result::unsupp_version, {}, now, seen);
    } else if (state_.speaks(dialect_id::nat_pmp)) {
        answer = nat_pmp_version_error(state_, request, now, seen);
    }
    return seen;
}

void gateway_simulator::record(exchange const& seen) {
    statistics_.pcp_requests += seen.via == dialect_id::pcp ? 1 : 0;
    statistics_.nat_pmp_requests += seen.via == dialect_id::nat_pmp ? 1 : 0;
    statistics_.igd_requests += seen.via == dialect_id::igd ? 1 : 0;
    if (seen.answered_by) {
        auto const granted = seen.result == 0 && seen.kind == request_kind::map;
        auto const deleted = seen.result == 0 && (seen.kind == request_kind::remove ||
                                                  seen.kind == request_kind::remove_all);
        statistics_.grants += granted ? 1 : 0;
        statistics_.deletions += deleted ? 1 : 0;
        statistics_.errors += seen.result != 0 ? 1 : 0;
    }
    if (on_exchange_) {
        on_exchange_(seen);
    }
}

void gateway_simulator::deliver(packet const& request, wire::bytes const& answer, time_point now) {
    endpoint source{state_.options.address, gateway_port};
    // RFC 6887 8.3 and RFC 6886 3.2: an answer counts only if it comes from where the request went.
    if (state_.vices.has(vice::answers_from_other_port)) {
        source.port = other_port;
    }
    if (state_.vices.has(vice::answers_from_other_address)) {
        source.address = neighbour_of(source.address);
    }
    auto const late = std::chrono::milliseconds{state_.vices.value(vice::answers_late).number};
    auto const copies = state_.vices.has(vice::answers_twice) ? 2 : 1;
    for (auto copy = 0; copy < copies; ++copy) {
        ++statistics_.answers;
        send(purpose::answer, {source, request.source, answer}, now + late);
    }
}

void gateway_simulator::contradict(
    packet const& request, wire::bytes const& answer, time_point now
) {
    auto const gap =
        std::chrono::milliseconds{state_.vices.value(vice::late_contradictions).number};
    exchange ignored;
    auto const refusal =
        pcp_error(state_, request, pcp_result::not_authorized, {}, now + gap, ignored);
    deliver(request, refusal, now + gap);
    deliver(request, answer, now + 2 * gap);
}

void gateway_simulator::volunteer(packet const& request, time_point now) {
    if (state_.speaks(dialect_id::pcp)) {
        gateway_mapping unasked;
        unasked.protocol = static_cast<std::uint8_t>(transport::tcp);
        unasked.internal = {request.source.address, discard_port};
        unasked.external = {state_.options.external, discard_port};
        unasked.nonce = wire::pcp::nonce{std::byte{0xee}};
        unasked.expires = now + state_.options.max_lifetime;
        deliver(request, mapping_update(state_, unasked, now), now);
    }
    if (state_.speaks(dialect_id::nat_pmp)) {
        wire::natpmp::map_response unasked;
        unasked.epoch = state_.nat_pmp_epoch.at(now);
        unasked.internal_port = discard_port;
        unasked.assigned_port = discard_port;
        unasked.lifetime = static_cast<std::uint32_t>(state_.options.max_lifetime.count());
        deliver(request, wire::natpmp::encode(unasked), now);
    }
}

void gateway_simulator::send(purpose why, packet message, time_point due) {
    outbox_.emplace(due, std::pair(why, std::move(message)));
}

std::optional<packet> gateway_simulator::poll() {
    if (outbox_.empty() || outbox_.begin()->first > now_) {
        return {};
    }
    auto message = std::move(outbox_.begin()->second.second);
    outbox_.erase(outbox_.begin());
    return message;
}

std::optional<igd_notify> gateway_simulator::poll_notify() {
    auto const mute = booting_ || state_.vices.has(vice::silent);
    return mute || !state_.speaks(dialect_id::igd) ? std::nullopt : next_notify(state_, now_);
}

void gateway_simulator::announce(time_point now) {
    now_ = now;
    std::erase_if(outbox_, [](auto const& due) {
        return due.second.first == purpose::announcement;
    });
    if (state_.vices.has(vice::silent) || state_.vices.has(vice::announces_nothing)) {
        return;
    }
    notify(wire::ssdp::advertisement_kind::alive, now);
    auto const& address = state_.options.address;
    // RFC 6886 3.2.1: anybody on the network can send one; only the gateway's count.
    endpoint const source{
        state_.vices.has(vice::announces_from_wrong_source) ? neighbour_of(address) : address,
        gateway_port};
    auto const copies = state_.vices.has(vice::announce_burst) ? burst : 1;
    auto due = now;
    nanoseconds gap = first_gap;
    for (auto copy = 0; copy < copies; ++copy, due += gap, gap *= 2) {
        if (state_.speaks(dialect_id::nat_pmp) && address.is_v4()) {
            ++statistics_.announcements;
            auto bytes = nat_pmp_announcement(state_, due);
            send(
                purpose::announcement, {source, announcement_group(address), std::move(bytes)}, due
            );
        }
        if (state_.speaks(dialect_id::pcp)) {
            ++statistics_.announcements;
            auto bytes = pcp_announcement(state_, due);
            send(
                purpose::announcement, {source, announcement_group(address), std::move(bytes)}, due
            );
        }
    }
}

void gateway_simulator::notify(wire::ssdp::advertisement_kind kind, time_point now) {
    if (!state_.speaks(dialect_id::igd)) {
        return;
    }
    for (auto& message : ssdp_notifications(state_, kind)) {
        ++statistics_.announcements;
        send(purpose::announcement, std::move(message), now);
    }
}

void gateway_simulator::send_mapping_updates(time_point now) {
    std::erase_if(outbox_, [](auto const& due) { return due.second.first == purpose::update; });
    auto const muted = state_.vices.has(vice::silent) || state_.vices.has(vice::announces_nothing);
    if (muted || !state_.speaks(dialect_id::pcp)) {
        return;
    }
    endpoint const source{state_.options.address, gateway_port};
    for (auto const& mapping : state_.table.all()) {
        if (mapping.via != dialect_id::pcp) {
            continue;
        }
        for (auto const after : update_times) {
            ++statistics_.mapping_updates;
            auto bytes = mapping_update(state_, mapping, now + after);
            send(purpose::update, {source, mapping.client, std::move(bytes)}, now + after);
        }
    }
}

gateway_mapping const*
gateway_simulator::find(std::uint8_t protocol, endpoint const& internal) const {
    return state_.table.find(protocol, internal);
}

gateway_mapping const* gateway_simulator::find(
    std::uint8_t protocol, endpoint const& internal, std::uint16_t external_port
) const {
    return state_.table.find(protocol, internal, external_port);
}

gateway_mapping const*
gateway_simulator::find_external(std::uint8_t protocol, std::uint16_t port) const {
    return state_.table.find_external(protocol, port);
}

void gateway_simulator::put(gateway_mapping mapping) {
    if (auto const* old = find_external(mapping.protocol, mapping.external.port)) {
        state_.table.remove(gateway_mapping{*old});
    }
    state_.table.put(std::move(mapping));
}

std::uint32_t gateway_simulator::epoch(dialect_id dialect, time_point now) const {
    return (dialect == dialect_id::pcp ? state_.pcp_epoch : state_.nat_pmp_epoch).at(now);
}

} // namespace pmp::test
