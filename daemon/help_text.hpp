// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace pmpd {

/// What `--help` prints.
std::string_view help_text();

} // namespace pmpd
