// SPDX-License-Identifier: MIT
#pragma once

#include "support/random.hpp"

#include <pmp/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace pmp::test {

/// Something happened that must never happen. The message has the seed and the time.
struct law_broken : std::logic_error {
    using std::logic_error::logic_error;
};

/// Virtual time: a queue of actions, done in the order of their times and, at one time, of their
/// making. All randomness of a simulation comes from its one seed.
class timeline {
public:
    explicit timeline(std::uint64_t seed);

    std::uint64_t seed() const { return seed_; }
    random_source& random() { return random_; }
    time_point now() const { return now_; }
    /// Since the start.
    std::chrono::nanoseconds elapsed() const { return now_ - start_; }

    /// At once where `when` has passed, after what is already queued for now.
    void at(time_point when, std::function<void()> action);
    void after(std::chrono::nanoseconds delay, std::function<void()> action);

    /// Does all that is due until then, and moves to that time.
    void run_until(time_point end);
    /// Stops as soon as `reached()`, which is asked after each action; false at the limit.
    bool run_until(std::function<bool()> const& reached, time_point limit);

    /// Mixes it, and the present time, into the hash of what has happened.
    void trace(std::span<std::byte const> what);
    /// Equal for equal histories.
    std::uint64_t trace_hash() const { return hash_; }

    /// Throws `law_broken`.
    [[noreturn]] void broken(std::string const& what) const;

private:
    struct queued {
        time_point when;
        std::uint64_t sequence = 0;
        std::function<void()> action;

        friend bool operator<(queued const& a, queued const& b) {
            return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
        }
    };

    void do_next();

    std::uint64_t seed_;
    random_source random_;
    time_point start_;
    time_point now_;
    std::uint64_t next_sequence_ = 0;
    std::uint64_t hash_ = 0xcbf29ce484222325;
    std::priority_queue<queued> queue_;
};

} // namespace pmp::test
