// SPDX-License-Identifier: MIT
#include "support/timeline.hpp"

#include <array>
#include <cstring>
#include <sstream>
#include <utility>

namespace pmp::test {

namespace {

using namespace std::chrono_literals;

// Neither zero nor a round number of days: what mistakes a time for a duration shows.
constexpr time_point beginning{std::chrono::nanoseconds{12'345'678'901'234}};
constexpr std::uint64_t fnv_prime = 0x100000001b3;

} // namespace

timeline::timeline(std::uint64_t seed)
    : seed_(seed), random_(seed), start_(beginning), now_(beginning) {}

void timeline::at(time_point when, std::function<void()> action) {
    queue_.push({std::max(when, now_), next_sequence_++, std::move(action)});
}

void timeline::after(std::chrono::nanoseconds delay, std::function<void()> action) {
    at(now_ + delay, std::move(action));
}

void timeline::do_next() {
    // The top of a priority queue is const, and a copy of the action would be made in vain.
    auto const action = std::move(const_cast<queued&>(queue_.top()).action);
    now_ = queue_.top().when;
    queue_.pop();
    action();
}

void timeline::run_until(time_point end) {
    while (!queue_.empty() && queue_.top().when <= end) {
        do_next();
    }
    now_ = std::max(now_, end);
}

bool timeline::run_until(std::function<bool()> const& reached, time_point limit) {
    if (reached()) {
        return true;
    }
    while (!queue_.empty() && queue_.top().when <= limit) {
        do_next();
        if (reached()) {
            return true;
        }
    }
    now_ = std::max(now_, limit);
    return false;
}

void timeline::trace(std::span<std::byte const> what) {
    auto const mix = [this](std::span<std::byte const> octets) {
        for (auto const octet : octets) {
            hash_ = (hash_ ^ std::to_integer<std::uint64_t>(octet)) * fnv_prime;
        }
    };
    auto const count = elapsed().count();
    mix(std::as_bytes(std::span(&count, 1)));
    mix(what);
}

void timeline::broken(std::string const& what) const {
    std::ostringstream message;
    message << what << " (seed " << seed_ << ", at "
            << std::chrono::duration<double>(elapsed()).count() << " s)";
    throw law_broken(message.str());
}

} // namespace pmp::test
