// SPDX-License-Identifier: MIT
#include "engine/epoch.hpp"

#include <algorithm>
#include <chrono>

namespace pmp {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

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
    if (rule_ == epoch_rule::nat_pmp) {
        auto const elapsed = duration_cast<milliseconds>(now - before->heard);
        return nat_pmp_plausible(before->epoch, epoch, elapsed.count());
    }
    auto const whole_seconds = [](time_point t) {
        return duration_cast<seconds>(t.time_since_epoch()).count();
    };
    return pcp_plausible(before->epoch, epoch, whole_seconds(now) - whole_seconds(before->heard));
}

std::optional<std::uint32_t> epoch_watch::last() const {
    return last_ ? std::optional(last_->epoch) : std::nullopt;
}

} // namespace pmp
