// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>
#include <pmp/export.hpp>
#include <pmp/lease.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace pmp {

/// Times in buckets, as Prometheus counts them.
struct time_histogram {
    /// The upper ends of the buckets, in seconds; the last bucket has none.
    static constexpr std::array bounds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0};

    /// Counts one time.
    PMP_EXPORT void add(std::chrono::nanoseconds);

    /// How many fell into each bucket, not into the ones before it.
    std::array<std::uint64_t, bounds.size() + 1> buckets{};
    /// How many in all.
    std::uint64_t count = 0;
    /// All times together.
    std::chrono::nanoseconds sum{};
};

/// What has happened since the start.
struct statistics {
    /// Answers to requests for a mapping or its deletion, by gateway, protocol and what they say.
    std::map<std::tuple<std::string, dialect_id, error_code>, std::uint64_t> answers;
    /// Requests that were sent again because nothing had answered them.
    std::map<std::pair<std::string, dialect_id>, std::uint64_t> unanswered;
    /// From a request to its answer, where it was sent once.
    time_histogram round_trips;
    /// Datagrams that had no effect, by `ignore_reason`.
    std::array<std::uint64_t, 3> ignored{};
    /// Datagrams on the announcement port that counted.
    std::uint64_t announcements = 0;
    /// Those that did not.
    std::uint64_t announcements_ignored = 0;
};

} // namespace pmp
