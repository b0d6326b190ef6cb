// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>

namespace pmp::test {

// The standard's distributions differ between libraries; the engine's raw numbers do not, so that
// a seed means the same everywhere.
using random_source = std::mt19937_64;

/// 0 to `bound` - 1; 0 where `bound` is 0.
inline std::uint64_t draw(random_source& random, std::uint64_t bound) {
    auto const number = random();
    return bound == 0 ? 0 : number % bound;
}

/// 0 to 1, without 1.
inline double draw_fraction(random_source& random) {
    return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

} // namespace pmp::test
