// SPDX-License-Identifier: MIT
#include <pmp/statistics.hpp>

#include <algorithm>

namespace pmp {

void time_histogram::add(std::chrono::nanoseconds time) {
    auto const seconds = std::chrono::duration<double>(time).count();
    auto const bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
    ++buckets.at(static_cast<std::size_t>(bucket));
    ++count;
    sum += time;
}

} // namespace pmp
