// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/memory.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace pmp {

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012): a keyed pseudorandom
/// function.
std::array<std::byte, 16> siphash(secret const& key, std::span<std::byte const> message);

} // namespace pmp
