// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/clock.hpp>

#include <algorithm>
#include <chrono>

namespace pmp::net {

/// How long a burst of changes is let pass before anybody looks at the result.
struct settling_times {
    /// Without a change.
    std::chrono::milliseconds quiet{1000};
    /// Since the first change, however many follow.
    std::chrono::milliseconds longest{3000};
};

/// A burst of changes that goes on.
class settling {
public:
    settling(settling_times times, time_point first) : times_(times), first_(first), last_(first) {}

    void changed(time_point now) { last_ = now; }
    time_point settled_at() const {
        return std::min(last_ + times_.quiet, first_ + times_.longest);
    }

private:
    settling_times times_;
    time_point first_;
    time_point last_;
};

} // namespace pmp::net
