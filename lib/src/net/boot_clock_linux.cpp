// SPDX-License-Identifier: MIT
#include <pmp/clock.hpp>

#include <ctime>

namespace pmp {

time_point boot_clock::now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return time_point{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

} // namespace pmp
