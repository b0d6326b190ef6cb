// SPDX-License-Identifier: MIT
#include "support/igd_side.hpp"

#include "support/igd_actions_served.hpp"
#include "support/igd_description_writer.hpp"
#include "support/igd_publisher.hpp"
#include "wire/http_message.hpp"
#include "wire/soap.hpp"
#include "wire/text.hpp"

// HTTP, with what servers in routers make of it.
namespace pmp::test {

namespace {

namespace http = wire::http;
namespace soap = wire::soap;

constexpr std::chrono::milliseconds after_the_event{500};

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

http::response answer_action(
    gateway_state& state,
    http::request const& request,
    endpoint const& client,
    time_point now,
    exchange& seen
) {
    auto const call = soap::decode_call(request);
    if (!call) {
        return {400, {}, {}};
    }
    auto const reply = perform_action(state, request.target, *call, client, now, seen);
    if (auto const* error = std::get_if<soap::upnp_error>(&reply)) {
        seen.result = static_cast<std::uint16_t>(error->code);
        return encode(*error);
    }
    return encode(std::get<soap::answer>(reply), call->service_type);
}

http::response respond(
    gateway_state& state,
    std::string const& text,
    endpoint const& client,
    time_point now,
    exchange& seen
) {
    auto const request = http::decode_request(wire::bytes_of(text));
    if (!request) {
        return {400, {}, {}};
    }
    if (request->method == "GET" && request->target == description_path) {
        seen.kind = request_kind::describe;
        return {200, {{"Content-Type", "text/xml"}}, describe_igd(state)};
    }
    if (concerns_events(*request)) {
        return serve_subscription(state, *request, now, seen);
    }
    for (auto const control : {ip_control, ppp_control, forwarding_control, firewall_control}) {
        if (request->method == "POST" && ends_with(request->target, control)) {
            return answer_action(state, *request, client, now, seen);
        }
    }
    return {404, {}, {}};
}

std::string chunk(std::string_view data) {
    constexpr auto const* digits = "0123456789abcdef";
    std::string size;
    for (auto rest = data.size(); rest != 0; rest /= 16) {
        size.insert(size.begin(), digits[rest % 16]);
    }
    return size + "\r\n" + std::string(data) + "\r\n";
}

std::string framed(gateway_state const& state, http::response const& response) {
    auto text = encode(response);
    auto const length = "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    auto const at = text.find(length);
    auto const body = text.size() - response.body.size();
    if (state.vices.has(vice::http_cut)) {
        text.resize(text.size() - (response.body.size() + 1) / 2);
    } else if (state.vices.has(vice::http_chunked)) {
        auto const half = response.body.size() / 2;
        text.resize(body);
        text += half != 0 ? chunk(std::string_view(response.body).substr(0, half)) : "";
        text += half != 0 ? chunk(std::string_view(response.body).substr(half)) : "";
        text += "0\r\n\r\n";
        text.replace(at, length.size(), "Transfer-Encoding: chunked\r\n");
    } else if (state.vices.has(vice::http_no_length)) {
        text.erase(at, length.size());
    }
    return text;
}

} // namespace

stream_answer serve_http(
    gateway_state& state,
    std::string const& request,
    endpoint const& client,
    time_point now,
    exchange& seen
) {
    seen.via = dialect_id::igd;
    seen.answered_by = dialect_id::igd;
    auto const response = respond(state, request, client, now, seen);
    if (response.status != 200 && seen.result == 0) {
        seen.result = static_cast<std::uint16_t>(response.status);
    }
    stream_answer out;
    out.fate = stream_fate::answered;
    out.bytes = framed(state, response);
    out.after = std::chrono::seconds{state.vices.value(vice::http_slow).number} +
                std::chrono::milliseconds{state.vices.value(vice::answers_late).number};
    if (seen.kind == request_kind::subscribe && state.vices.has(vice::gena_early)) {
        out.after += after_the_event;
    }
    return out;
}

} // namespace pmp::test
