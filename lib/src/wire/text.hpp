// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What the textual protocols of UPnP have in common.
namespace pmp::wire {

/// Header names and, because routers differ, element names are compared without regard to case.
/// ASCII alone.
bool same_word(std::string_view, std::string_view);

/// Where that word begins in a text, compared likewise; npos where it does not occur.
std::size_t find_word(std::string_view text, std::string_view word);

/// Without blanks, tabs, line ends and NULs around it.
std::string_view trimmed(std::string_view);

/// Whole and without sign; blanks around it are allowed.
std::optional<std::uint32_t> number(std::string_view);

/// UDA: 0, 1, true, false, yes, no.
std::optional<bool> boolean(std::string_view);

std::string_view text_of(std::span<std::byte const>);
bytes bytes_of(std::string_view);

} // namespace pmp::wire
