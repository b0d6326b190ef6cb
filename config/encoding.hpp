// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.hpp"

#include <optional>
#include <string_view>

namespace pmp::config {

/// Finds the first byte that cannot stand in a YAML file (YAML 1.2.2 5.1, 5.2). UTF-8 alone is
/// taken.
std::optional<problem> find_bad_character(std::string_view file);

} // namespace pmp::config
