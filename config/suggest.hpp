// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pmp::config {

/// The one of `known` that a writer of `word` most likely meant, if any is near enough. Letter
/// case does not count.
std::optional<std::string_view>
nearest(std::string_view word, std::vector<std::string_view> const& known);

/// `a`, `a or b`, `a, b or c`.
std::string alternatives(std::vector<std::string_view> const&);

} // namespace pmp::config
