// SPDX-License-Identifier: MIT
#include "fuzz/entry.hpp"
#include "wire/pcp.hpp"

void pmp::fuzz::run(std::span<std::byte const> input) {
    auto const message = wire::pcp::decode_response(input);
    if (message.has_error()) {
        return;
    }
    auto const datagram = encode(*message);
    require(datagram.size() <= wire::pcp::max_size, "no response is over 1100 octets");
    require(datagram.size() % 4 == 0, "a response is padded");
    auto const again = wire::pcp::decode_response(datagram);
    require(again.has_value() && *again == *message, "what was decoded survives encoding");
}
