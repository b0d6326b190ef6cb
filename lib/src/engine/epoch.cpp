// SPDX-License-Identifier: MIT
#include "engine/epoch.hpp"

#include <algorithm>
#include <chrono>

namespace pmp {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Over so long, the tolerance of the tests hides no clock that runs at another pace.
constexpr seconds telling_interval{60};

/// RFC 6887 8.5, in signed 64-bit numbers: with the unsigned ones of its text a previous epoch of
/// 0, or one that went back by the tolerated second, would look like a reboot.
bool pcp_plausible(std::int64_t before, std::int64_t now, std::int64_t client_delta) {
    if (now < before - 1) {
        return false;
    }
    auto const server_delta = std::max<std::int64_t>(now - before, 0);
    return client_delta + 2 >= server_delta - server_delta / 16 &&
           server_delta + 2 >= client_delta - client_delta / 16;
}

/// RFC 6886 3.6: only a value that is too low shows a loss. An eighth of slack, in milliseconds.
bool nat_pmp_plausible(std::int64_t before, std::int64_t now, std::int64_t elapsed_ms) {
    return 8000 * (now + 2) >= 8000 * before + 7 * elapsed_ms;
}

} // namespace

bool epoch_watch::plausible(std::uint32_t epoch, time_point now) {
    auto const before = last_;
    last_ = sample{epoch, now};
    if (!before) {
        return true;
    }
    if (passes(*before, *last_)) {
        false_alarms_ = now - before->heard >= telling_interval ? 0 : false_alarms_;
        return true;
    }
    return is_false_alarm(*before, *last_);
}

bool epoch_watch::passes(sample const& before, sample const& now) const {
    auto const elapsed = now.heard - before.heard;
    if (rule_ == epoch_rule::nat_pmp) {
        return nat_pmp_plausible(
            before.epoch, now.epoch, duration_cast<milliseconds>(elapsed).count()
        );
    }
    auto const whole_seconds = [](time_point t) {
        return duration_cast<seconds>(t.time_since_epoch()).count();
    };
    return pcp_plausible(
        before.epoch, now.epoch, whole_seconds(now.heard) - whole_seconds(before.heard)
    );
}

// Gateways whose epoch stands still, or runs at another pace than time, would have every mapping
// made again after each answer.
bool epoch_watch::is_false_alarm(sample const& before, sample const& now) {
    if (now.epoch + 1 < before.epoch) {
        false_alarms_ = 0;
        return false;
    }
    return ++false_alarms_ > false_alarms_believed;
}

std::optional<std::uint32_t> epoch_watch::last() const {
    return last_ ? std::optional(last_->epoch) : std::nullopt;
}

} // namespace pmp
