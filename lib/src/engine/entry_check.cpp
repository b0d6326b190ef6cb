// SPDX-License-Identifier: MIT
#include "engine/entry_check.hpp"

#include "dialect/igd_fetched.hpp"
#include "wire/igd_actions.hpp"
#include "wire/soap.hpp"

#include <span>
#include <variant>

namespace pmp {

namespace soap = wire::soap;

bool deletes_entry(fetch const& what) {
    return what.request.find("#DeletePortMapping\"") != std::string::npos;
}

bool looks_at_entry(fetch const& what) {
    return what.request.find("#GetSpecificPortMappingEntry\"") != std::string::npos;
}

std::optional<fetch> entry_question(fetch const& deletion) {
    auto const request = wire::http::decode_request(std::as_bytes(std::span(deletion.request)));
    auto call = request ? soap::decode_call(*request) : result<soap::call>(request.error());
    if (!call) {
        return {};
    }
    call->action = "GetSpecificPortMappingEntry";
    wire::http_url url;
    url.server = deletion.server;
    url.target = request->target;
    auto out = deletion;
    out.id = ~deletion.id;
    out.request = encode(encode(*call, url));
    return out;
}

bool shows_entry(fetch_result const& result, endpoint const& internal) {
    auto const reply = result.error ? pmp::result<soap::reply>(result.error)
                                    : soap::decode_reply(response_of(result));
    auto const* const told = reply ? std::get_if<soap::answer>(&*reply) : nullptr;
    auto const entry = told != nullptr ? wire::igd::read_mapping(*told) : std::nullopt;
    return entry && entry->internal == internal;
}

} // namespace pmp
