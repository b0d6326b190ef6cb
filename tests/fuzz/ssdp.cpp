// SPDX-License-Identifier: MIT
#include "wire/ssdp.hpp"

#include "fuzz/entry.hpp"

void pmp::fuzz::run(std::span<std::byte const> input) {
    if (auto const search = wire::ssdp::decode_search(input)) {
        auto const again = wire::ssdp::decode_search(encode(*search));
        require(again.has_value() && *again == *search, "a search survives encoding");
    }
    if (auto const said = wire::ssdp::decode_advertisement(input)) {
        auto const again = wire::ssdp::decode_advertisement(encode(*said));
        require(
            again.has_error() || (again->usn == said->usn && again->kind == said->kind),
            "an advertisement survives encoding"
        );
    }
}
