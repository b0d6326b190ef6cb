// SPDX-License-Identifier: MIT
#pragma once

#include "config/scalars.hpp"

#include <pmp/mapping.hpp>

#include <string>
#include <vector>

namespace pmp::cli {

/// One port, not a range.
config::checked<std::uint16_t> read_internal_port(std::string const& word);

/// Of the words after `map`: the second, or else the same as the first. 0: any.
config::checked<std::uint16_t> read_external_port(std::vector<std::string> const& words);

/// The mapping of a port, of this machine where the address is unspecified. `map` and `unmap` mean
/// the same by it.
mapping mapping_of(transport, endpoint const& internal);

} // namespace pmp::cli
