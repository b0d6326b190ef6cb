// SPDX-License-Identifier: MIT
#pragma once

#include "engine/dice.hpp"
#include "engine/ledger.hpp"

#include <pmp/engine.hpp>

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace pmp {

/// What all gateways of one engine share.
struct surroundings {
    engine_settings settings;
    ledger book;
    dice jitter;
    std::deque<output> outbox;
    /// Until wishes are known, nothing that an earlier run left can be called unwanted.
    bool wishes_known = false;
    /// HTTP exchanges begun so far.
    std::uint64_t exchanges = 0;
    statistics counts{};
    /// Granted to other engines, and to be held by this one.
    std::vector<lease> handed{};
};

} // namespace pmp
