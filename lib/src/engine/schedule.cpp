// SPDX-License-Identifier: MIT
#include "engine/schedule.hpp"

#include <algorithm>

namespace pmp {

nanoseconds retransmission::sent(patience const& p, dice& d) {
    auto const base = sends_ == 0 ? p.first : std::min(previous_ * 2, p.longest);
    ++sends_;
    spent_ = p.sends != 0 && sends_ >= p.sends;
    // RFC 6887 8.1.1: the factor multiplies the capped term as well.
    auto const factor = 1 - p.jitter + 2 * p.jitter * d.fraction();
    previous_ = std::chrono::duration_cast<nanoseconds>(base * factor);
    return previous_;
}

std::optional<nanoseconds> renewal_window(std::chrono::seconds lifetime, unsigned k, dice& d) {
    nanoseconds const whole = lifetime;
    auto const remainder = k < 32U ? whole / (1U << k) : nanoseconds(0);
    if (k > 1 && remainder < renewal_spacing) {
        return {};
    }
    return d.between(whole - remainder, whole - remainder + remainder / 4);
}

} // namespace pmp
