// SPDX-License-Identifier: MIT
#include "wire/text.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace pmp::wire {

namespace {

constexpr std::string_view blanks{" \t\r\n\0", 5};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower(x) == lower(y);
    });
}

std::size_t find_word(std::string_view text, std::string_view word) {
    std::string_view::const_iterator const found =
        std::search(text.begin(), text.end(), word.begin(), word.end(), [](char x, char y) {
            return lower(x) == lower(y);
        });
    auto const at = static_cast<std::size_t>(std::distance(text.begin(), found));
    return at < text.size() ? at : std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::uint32_t> number(std::string_view text) {
    text = trimmed(text);
    std::uint32_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

std::optional<bool> boolean(std::string_view text) {
    text = trimmed(text);
    for (auto const* yes : {"1", "true", "yes"}) {
        if (same_word(text, yes)) {
            return true;
        }
    }
    for (auto const* no : {"0", "false", "no"}) {
        if (same_word(text, no)) {
            return false;
        }
    }
    return {};
}

std::string_view text_of(std::span<std::byte const> octets) {
    // Any object may be looked at as characters. NOLINTNEXTLINE(*-reinterpret-cast)
    return {reinterpret_cast<char const*>(octets.data()), octets.size()};
}

bytes bytes_of(std::string_view text) {
    auto const octets = std::as_bytes(std::span(text));
    return {octets.begin(), octets.end()};
}

} // namespace pmp::wire
