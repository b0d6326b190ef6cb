// SPDX-License-Identifier: MIT
#include <pmp/clock.hpp>

#include <windows.h>

namespace pmp {

time_point boot_clock::now() noexcept {
    return time_point{std::chrono::milliseconds{::GetTickCount64()}};
}

} // namespace pmp
