// SPDX-License-Identifier: MIT
#include "engine/negotiation.hpp"

#include <utility>

namespace pmp {

negotiation::negotiation(std::vector<dialect_id> const& allowed) {
    for (auto const id : allowed) {
        auto const* d = find_dialect(id);
        if (best_ == nullptr) {
            best_ = d;
        } else if (fallback_ == nullptr && d != best_) {
            fallback_ = d;
        }
    }
}

datagram_dialect const& negotiation::opening() const {
    auto const deaf = spoken_ == fallback_ && failed_trials_ >= trials_until_deaf;
    return fallback_ != nullptr && deaf ? *fallback_ : *best_;
}

bool negotiation::on_trial(dialect const& d) const {
    return spoken_ != nullptr && spoken_ == fallback_ && &d == best_;
}

bool negotiation::answered(dialect const& d) {
    if (&d == best_) {
        failed_trials_ = 0;
        return std::exchange(spoken_, best_) != best_;
    }
    return false;
}

bool negotiation::denied(dialect const& d) {
    if (&d == best_ && fallback_ != nullptr) {
        failed_trials_ = 0;
        return std::exchange(spoken_, fallback_) != fallback_;
    }
    return &d == fallback_ && std::exchange(spoken_, best_) != best_;
}

void negotiation::settle_for_fallback() {
    spoken_ = fallback_;
    failed_trials_ = trials_until_deaf;
}

void negotiation::fell_silent() {
    spoken_ = nullptr;
    failed_trials_ = 0;
}

void negotiation::trial_failed() {
    ++failed_trials_;
}

void negotiation::reconsider() {
    failed_trials_ = 0;
}

} // namespace pmp
