// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace pmp::fuzz {

/// What a fuzz target does with one input. Defined once in each.
void run(std::span<std::byte const> input);

/// Ends the program, which makes the input a finding, unless `holds`.
void require(bool holds, char const* law);

} // namespace pmp::fuzz
