// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pmp::config {

/// In a file; both count from 1, columns in bytes.
struct position {
    int line = 1;
    int column = 1;

    friend bool operator==(position const&, position const&) = default;
};

/// Where the byte at `offset` stands.
position position_at(std::string_view file, std::size_t offset);

/// Takes the first character off `rest`; nothing where `rest` does not begin with valid UTF-8.
/// `rest` must not be empty.
std::optional<char32_t> take_character(std::string_view& rest);

/// Neither control characters nor such that change the direction of the text around them.
bool is_printable(char32_t);
bool is_printable(std::string_view);

/// In upper case, at least `digits` long.
std::string hexadecimal(std::uint32_t value, std::size_t digits);

/// In single quotes; cut where it is long, with unprintable characters as escape sequences.
std::string in_quotes(std::string_view);

/// `... is not supported by this version of pmp (VERSION)`, without the subject.
std::string not_supported();

} // namespace pmp::config
