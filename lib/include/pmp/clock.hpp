// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/export.hpp>

#include <chrono>

namespace pmp {

/// A clock that never steps back and goes on counting while the machine sleeps, because leases
/// run out in that time too. Linux: CLOCK_BOOTTIME.
struct boot_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<boot_clock>;

    static constexpr bool is_steady = true;

    /// Defined in `pmp::pmp`. The core never calls it: there, time is an argument.
    PMP_EXPORT static time_point now() noexcept;
};

using time_point = boot_clock::time_point;

} // namespace pmp
