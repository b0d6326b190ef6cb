// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pmp::config {

/// Says in one sentence what to mend, given yaml-cpp's own message.
std::string explain_syntax_error(std::string_view yaml_message);

/// Whether the line that `offset` lies in is indented with a tab.
bool is_indented_with_tab(std::string_view source, std::size_t offset);

/// Where the quoted text begins that is still open at the end of `source`, looking from `offset`
/// on.
std::optional<std::size_t> find_open_quote(std::string_view source, std::size_t offset);

} // namespace pmp::config
