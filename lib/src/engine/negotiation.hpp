// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/dialect.hpp"

#include <pmp/clock.hpp>

#include <vector>

namespace pmp {

/// Finds out which dialect a gateway speaks, from what it answers and what it leaves unanswered.
/// Each request starts in the best dialect allowed, so that a gateway which has learned it is
/// noticed (RFC 6886 1.1), unless the gateway has turned out to be deaf to that.
class negotiation {
public:
    /// In order of preference; the first two that this library speaks are used.
    explicit negotiation(std::vector<dialect_id> const& allowed);

    bool possible() const { return best_ != nullptr; }
    /// Null until the gateway has answered.
    datagram_dialect const* spoken() const { return spoken_; }
    datagram_dialect const* best() const { return best_; }
    /// Null where only one is allowed.
    datagram_dialect const* fallback() const { return fallback_; }

    /// In which to send the next request.
    datagram_dialect const& opening() const;
    /// The gateway is known to answer in the fallback alone, and is asked in the best all the same:
    /// that gets no more than `trial_delay`.
    bool on_trial(dialect const&) const;

    /// It answered in this dialect. True where that settled which one is spoken.
    bool answered(dialect const&);
    /// It said that it does not speak this dialect. True where that settled which one is spoken.
    bool denied(dialect const&);
    /// It does not react to the best dialect and does to the fallback.
    void settle_for_fallback();
    /// It answers in neither any more.
    void fell_silent();
    /// A request on trial was not answered.
    void trial_failed();
    /// Something happened to the gateway: what it did not understand it may understand now.
    void reconsider();

private:
    /// So many requests in a row unanswered, and the gateway is deaf to the best dialect.
    static constexpr unsigned trials_until_deaf = 3;

    datagram_dialect const* best_ = nullptr;
    datagram_dialect const* fallback_ = nullptr;
    datagram_dialect const* spoken_ = nullptr;
    unsigned failed_trials_ = 0;
};

/// How long a gateway that lives has to answer in a dialect before it is taken to be deaf to that.
inline constexpr milliseconds trial_delay{250};

} // namespace pmp
