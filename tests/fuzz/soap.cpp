// SPDX-License-Identifier: MIT
#include "wire/soap.hpp"

#include "fuzz/entry.hpp"
#include "wire/igd_actions.hpp"

void pmp::fuzz::run(std::span<std::byte const> input) {
    if (auto const request = wire::http::decode_request(input)) {
        wire::soap::decode_call(*request);
    }
    auto const response = wire::http::decode_response(input);
    if (response.has_error()) {
        return;
    }
    auto const reply = wire::soap::decode_reply(*response);
    if (reply.has_error()) {
        return;
    }
    if (auto const* answer = std::get_if<wire::soap::answer>(&*reply)) {
        if (auto const row = wire::igd::read_mapping(*answer)) {
            require(row->internal.port != 0, "an entry has an internal port");
        }
        require(wire::igd::read_reserved_port(*answer).value_or(1) != 0, "a reserved port is one");
    } else {
        require(std::get<wire::soap::upnp_error>(*reply).code > 0, "an error is no success");
    }
}
