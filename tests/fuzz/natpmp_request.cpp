// SPDX-License-Identifier: MIT
#include "fuzz/entry.hpp"
#include "wire/natpmp.hpp"

void pmp::fuzz::run(std::span<std::byte const> input) {
    auto const message = wire::natpmp::decode_request(input);
    if (message.has_error()) {
        return;
    }
    auto const again = wire::natpmp::decode_request(encode(*message));
    require(again.has_value() && *again == *message, "what was decoded survives encoding");
}
