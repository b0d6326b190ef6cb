// SPDX-License-Identifier: MIT
#pragma once

#include "engine/dice.hpp"

#include <pmp/clock.hpp>

#include <chrono>
#include <optional>

namespace pmp {

using milliseconds = std::chrono::milliseconds;
using nanoseconds = std::chrono::nanoseconds;

/// How a standard wants an unanswered request to be sent again.
struct patience {
    /// From the first sending to the second; later waits double.
    nanoseconds first{};
    nanoseconds longest{};
    /// Each wait is multiplied by a factor drawn from [1 - jitter, 1 + jitter].
    double jitter = 0;
    /// How often to send at the most; 0: no limit.
    unsigned sends = 0;
    /// Renewals are single datagrams in windows of the lifetime (RFC 6887 11.2.1); otherwise they
    /// are retransmitted like any request (RFC 6886 3.3).
    bool renews_in_windows = false;
};

/// One request's progress through its patience.
class retransmission {
public:
    void restart() { *this = {}; }

    /// A datagram has been sent: how long to wait for the answer.
    nanoseconds sent(patience const&, dice&);

    /// The wait that has begun is the last: nothing more is to be sent.
    bool spent() const { return spent_; }
    unsigned sends() const { return sends_; }

private:
    unsigned sends_ = 0;
    bool spent_ = false;
    nanoseconds previous_{};
};

/// No two renewal requests of one lease are less than this apart (RFC 6887 11.2.1).
inline constexpr std::chrono::seconds renewal_spacing{4};

/// When renewal `k` (1, 2, ...) of a lease is due, counted from its grant: uniform in
/// [1 - 2^-k, 1 - 2^-k + 2^-(k+2)] of the lifetime (RFC 6887 11.2.1). Nothing once later windows
/// have come closer than `renewal_spacing`.
std::optional<nanoseconds> renewal_window(std::chrono::seconds lifetime, unsigned k, dice&);

} // namespace pmp
