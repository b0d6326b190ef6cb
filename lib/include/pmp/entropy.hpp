// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/export.hpp>
#include <pmp/memory.hpp>

#include <cstdint>

namespace pmp {

/// 128 bits from the operating system's generator. Throws `boost::system::system_error` where
/// there is none.
PMP_EXPORT secret make_secret();

/// 64 bits from the operating system's generator, for `engine`'s jitter. Throws likewise.
PMP_EXPORT std::uint64_t make_seed();

} // namespace pmp
