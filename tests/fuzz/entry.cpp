// SPDX-License-Identifier: MIT
#include "fuzz/entry.hpp"

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace pmp::fuzz {

void require(bool holds, char const* law) {
    if (!holds) {
        std::cerr << "broken law: " << law << '\n';
        std::abort();
    }
}

} // namespace pmp::fuzz

// The name is libFuzzer's. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    pmp::fuzz::run(std::as_bytes(std::span(data, size)));
    return 0;
}
