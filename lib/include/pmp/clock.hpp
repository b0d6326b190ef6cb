// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/export.hpp>

#include <chrono>

namespace pmp {

/// A clock that never steps back and goes on counting while the machine sleeps, because leases
/// run out in that time too. Linux: CLOCK_BOOTTIME.
struct boot_clock {
    /// As all clocks of the standard library have it.
    using duration = std::chrono::nanoseconds;
    /// Of `duration`.
    using rep = duration::rep;
    /// Of `duration`.
    using period = duration::period;
    /// Since the machine was started.
    using time_point = std::chrono::time_point<boot_clock>;

    /// It never steps back.
    static constexpr bool is_steady = true;

    /// Defined in `pmp::pmp`. The core never calls it: there, time is an argument.
    PMP_EXPORT static time_point now() noexcept;
};

/// The times of all this library.
using time_point = boot_clock::time_point;

} // namespace pmp
