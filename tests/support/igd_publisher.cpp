// SPDX-License-Identifier: MIT
#include "support/igd_publisher.hpp"

#include "support/igd_description_writer.hpp"
#include "wire/gena.hpp"

#include <algorithm>

namespace pmp::test {

namespace {

namespace gena = wire::gena;
namespace http = wire::http;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned bad_request = 400;
constexpr unsigned precondition_failed = 412;
constexpr unsigned unable = 503;
constexpr std::size_t most_subscriptions = 8;
constexpr milliseconds first_event_delay{20};
constexpr std::uint16_t first_port = 40000;

bool has_ended(igd_subscriber const& s, time_point now) {
    return s.expires <= now;
}

/// What is evented, as it stands.
std::vector<gena::property> variables(gateway_state const& state) {
    auto const none = !state.has_external_address() || state.vices.has(vice::no_external_address) ||
                      state.vices.has(vice::empty_external_address);
    std::vector<gena::property> out = {
        {"PossibleConnectionTypes", "IP_Routed"},
        {"ConnectionStatus", none ? "Disconnected" : "Connected"},
        {"ExternalIPAddress", none ? "" : state.options.external.to_string()},
        {"PortMappingNumberOfEntries", std::to_string(state.table.size())},
    };
    if (state.options.igd_version >= 2) {
        out.push_back({"SystemUpdateID", std::to_string(state.igd.update_id)});
    }
    return out;
}

std::vector<gena::property>
changes(std::vector<gena::property> const& was, std::vector<gena::property> const& now) {
    std::vector<gena::property> out;
    std::copy_if(now.begin(), now.end(), std::back_inserter(out), [&](auto const& p) {
        return std::find(was.begin(), was.end(), p) == was.end();
    });
    return out;
}

time_point end_of(gateway_state const& state, time_point now) {
    auto const granted = now + gena::usual_timeout;
    auto const forgotten = now + seconds(state.vices.value(vice::gena_forgets).number);
    return state.vices.has(vice::gena_forgets) ? std::min(granted, forgotten) : granted;
}

http::response subscribe(gateway_state& state, http::request const& request, time_point now) {
    auto const callback = http::value_of(request.fields, "CALLBACK");
    auto const bracketed = callback.size() > 2 && callback.front() == '<' && callback.back() == '>';
    auto const url = bracketed ? wire::parse_http_url(callback.substr(1, callback.size() - 2))
                               : result<wire::http_url>(fault::bad_value);
    if (!url || http::value_of(request.fields, "NT") != "upnp:event") {
        return {precondition_failed, {}, {}};
    }
    auto& all = state.igd.subscribers;
    if (state.vices.has(vice::gena_refuses) || all.size() >= most_subscriptions) {
        return {unable, {}, {}};
    }
    igd_subscriber fresh;
    fresh.sid = "uuid:5ab5c21b-" + std::to_string(++state.igd.subscriptions);
    fresh.callback = *url;
    fresh.expires = end_of(state, now);
    fresh.due = now + (state.vices.has(vice::gena_early) ? milliseconds(0) : first_event_delay);
    all.push_back(fresh);
    return encode(gena::subscription{fresh.sid, gena::usual_timeout});
}

} // namespace

bool concerns_events(http::request const& request) {
    auto const& target = request.target;
    return (request.method == "SUBSCRIBE" || request.method == "UNSUBSCRIBE") &&
           target.find(ip_events) != std::string::npos;
}

http::response serve_subscription(
    gateway_state& state, http::request const& request, time_point now, exchange& seen
) {
    auto const ends = request.method == "UNSUBSCRIBE";
    seen.kind = ends ? request_kind::unsubscribe : request_kind::subscribe;
    auto& all = state.igd.subscribers;
    std::erase_if(all, [&](auto const& s) { return has_ended(s, now); });
    auto const sid = http::value_of(request.fields, "SID");
    if (sid.empty() && !ends) {
        return subscribe(state, request, now);
    }
    auto const& fields = request.fields;
    if (!http::value_of(fields, "NT").empty() || !http::value_of(fields, "CALLBACK").empty()) {
        return {bad_request, {}, {}};
    }
    auto const found =
        std::find_if(all.begin(), all.end(), [&](auto const& s) { return s.sid == sid; });
    if (found == all.end()) {
        return {precondition_failed, {}, {}};
    }
    if (ends) {
        all.erase(found);
        return {200, {}, {}};
    }
    found->expires = end_of(state, now);
    return encode(gena::subscription{found->sid, gena::usual_timeout});
}

std::optional<igd_notify> next_notify(gateway_state& state, time_point now) {
    auto const mappings = state.table.size();
    state.igd.update_id += std::exchange(state.igd.known_mappings, mappings) != mappings ? 1 : 0;
    auto const all = variables(state);
    for (auto& s : state.igd.subscribers) {
        if (s.due > now || has_ended(s, now)) {
            continue;
        }
        auto const news = changes(s.told, all);
        if (news.empty()) {
            continue;
        }
        s.told = all;
        auto const request = encode(gena::notification{s.sid, s.sequence++, news}, s.callback);
        auto const port = static_cast<std::uint16_t>(first_port + s.sequence % 10000);
        return igd_notify{
            s.sid, {{state.options.address, port}, s.callback.server, encode(request)}};
    }
    return {};
}

void notify_answered(gateway_state& state, std::string const& sid, unsigned status) {
    if (status == precondition_failed) {
        std::erase_if(state.igd.subscribers, [&](auto const& s) { return s.sid == sid; });
    }
}

time_point next_notify_at(gateway_state const& state, time_point now) {
    auto out = time_point::max();
    for (auto const& s : state.igd.subscribers) {
        out = s.due > now ? std::min(out, s.due) : out;
    }
    return out;
}

} // namespace pmp::test
