// SPDX-License-Identifier: MIT
#include "wire/gena.hpp"

#include "fuzz/entry.hpp"

void pmp::fuzz::run(std::span<std::byte const> input) {
    if (auto const response = wire::http::decode_response(input)) {
        auto const granted = wire::gena::decode_subscription(*response);
        require(granted.has_error() || !granted->sid.empty(), "a subscription has a name");
    }
    auto const request = wire::http::decode_request(input);
    if (request.has_error()) {
        return;
    }
    auto const notice = wire::gena::decode_notification(*request);
    require(
        notice.has_error() || wire::gena::verdict(*request, notice->sid) == 200,
        "what can be read is accepted"
    );
}
