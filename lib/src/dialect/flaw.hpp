// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>
#include <pmp/lease.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace pmp {

/// Why a datagram that none of these dialects has heard is no answer: a `fault`.
error_code flaw_of(std::span<std::byte const> datagram, std::vector<dialect_id> const& spoken);

} // namespace pmp
