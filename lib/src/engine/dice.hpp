// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace pmp {

/// The engine's jitter: SplitMix64, the same on every platform for the same seed. Nothing that
/// has to be secret comes from here.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    /// Uniform in [0, 1).
    double fraction() {
        constexpr double scale = 0x1.0p-53;
        return static_cast<double>(next() >> 11U) * scale;
    }

    template <class Rep, class Period>
    std::chrono::duration<Rep, Period>
    between(std::chrono::duration<Rep, Period> low, std::chrono::duration<Rep, Period> high) {
        auto const span = static_cast<double>((high - low).count());
        return low + std::chrono::duration<Rep, Period>(static_cast<Rep>(span * fraction()));
    }

private:
    std::uint64_t next() {
        auto z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    std::uint64_t state_;
};

} // namespace pmp
