// SPDX-License-Identifier: MIT
#pragma once

#include "engine/dice.hpp"
#include "engine/ledger.hpp"

#include <pmp/engine.hpp>

#include <deque>
#include <utility>

namespace pmp {

/// What all gateways of one engine share.
struct surroundings {
    engine_settings settings;
    ledger book;
    dice jitter;
    std::deque<output> outbox;
};

} // namespace pmp
