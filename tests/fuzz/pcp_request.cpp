// SPDX-License-Identifier: MIT
#include "fuzz/entry.hpp"
#include "wire/pcp.hpp"

namespace pcp = pmp::wire::pcp;

namespace {

void check_error(std::span<std::byte const> input, pmp::pcp_result result) {
    auto const answer = pcp::decode_response(pcp::encode_error(input, result, 1800, 86400));
    pmp::fuzz::require(answer.has_value(), "a client understands every error");
    pmp::fuzz::require(
        answer->result == static_cast<int>(result) && answer->lifetime == 1800 &&
            answer->epoch == 86400,
        "a client reads the error that was given"
    );
}

void check_request(pcp::request const& message) {
    auto const datagram = encode(message);
    if (datagram.has_error()) {
        pmp::fuzz::require(
            datagram.error() == pmp::fault::bad_value,
            "a request that is served is refused to a sender for its values alone"
        );
        return;
    }
    auto const parsed = pcp::parse_request(*datagram);
    auto const* const again = std::get_if<pcp::request>(&parsed);
    pmp::fuzz::require(again != nullptr && *again == message, "what was parsed survives encoding");
}

} // namespace

void pmp::fuzz::run(std::span<std::byte const> input) {
    auto const parsed = pcp::parse_request(input);
    if (auto const* const message = std::get_if<pcp::request>(&parsed)) {
        check_request(*message);
        check_error(input, pcp_result::no_resources);
        return;
    }
    auto const answer = std::get<pcp::rejection>(parsed).answer;
    if (answer) {
        check_error(input, *answer);
    }
}
