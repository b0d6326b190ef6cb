// SPDX-License-Identifier: MIT
#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace pmp::config {

namespace {

constexpr std::size_t longest_quote = 60;

struct sequence {
    std::size_t length;
    char32_t lead_bits;
    /// Smaller values are overlong (RFC 3629 3).
    char32_t smallest;
};

std::optional<sequence> sequence_of(unsigned char lead) {
    if (lead < 0x80U)
        return sequence{1, lead, 0};
    if (lead >= 0xc2U && lead < 0xe0U)
        return sequence{2, lead & 0x1fU, 0x80};
    if (lead >= 0xe0U && lead < 0xf0U)
        return sequence{3, lead & 0x0fU, 0x800};
    if (lead >= 0xf0U && lead < 0xf5U)
        return sequence{4, lead & 0x07U, 0x10000};
    return std::nullopt;
}

std::string escape_sequence(char32_t character) {
    return character < 0x100 ? "\\x" + hexadecimal(character, 2)
                             : "\\u" + hexadecimal(character, 4);
}

std::string visible(char32_t character, std::string_view bytes) {
    switch (character) {
    case U'\n': return "\\n";
    case U'\r': return "\\r";
    case U'\t': return "\\t";
    default: return is_printable(character) ? std::string(bytes) : escape_sequence(character);
    }
}

} // namespace

position position_at(std::string_view file, std::size_t offset) {
    auto const before = file.substr(0, offset);
    auto const line = 1 + std::count(before.begin(), before.end(), '\n');
    return {static_cast<int>(line), static_cast<int>(offset - (before.rfind('\n') + 1)) + 1};
}

std::optional<char32_t> take_character(std::string_view& rest) {
    auto const found = sequence_of(static_cast<unsigned char>(rest.front()));
    if (!found || rest.size() < found->length)
        return std::nullopt;
    auto character = found->lead_bits;
    for (auto const byte : rest.substr(1, found->length - 1)) {
        auto const bits = static_cast<unsigned char>(byte);
        if ((bits & 0xc0U) != 0x80U)
            return std::nullopt;
        character = character << 6U | (bits & 0x3fU);
    }
    bool const surrogate = character >= 0xd800 && character < 0xe000;
    if (character < found->smallest || surrogate || character > 0x10ffff)
        return std::nullopt;
    rest.remove_prefix(found->length);
    return character;
}

bool is_printable(char32_t c) {
    bool const control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    bool const line_break = c == 0x2028 || c == 0x2029;
    bool const direction = (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
                           (c >= 0x2066 && c <= 0x2069) || c == 0x061c;
    return !control && !line_break && !direction;
}

bool is_printable(std::string_view text) {
    while (!text.empty()) {
        auto const character = take_character(text);
        if (!character || !is_printable(*character))
            return false;
    }
    return true;
}

std::string hexadecimal(std::uint32_t value, std::size_t digits) {
    std::array<char, 8> text{};
    auto const* const end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
    std::string number(static_cast<char const*>(text.data()), end);
    for (auto& c : number) {
        if (c >= 'a')
            c = static_cast<char>(c - 'a' + 'A');
    }
    number.insert(0, digits - std::min(digits, number.size()), '0');
    return number;
}

std::string in_quotes(std::string_view text) {
    std::string shown = "'";
    while (!text.empty() && shown.size() < longest_quote) {
        auto const before = text;
        auto const character = take_character(text);
        if (!character) {
            shown += escape_sequence(static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        shown += visible(*character, before.substr(0, before.size() - text.size()));
    }
    return shown + (text.empty() ? "'" : "...'");
}

std::string not_supported() {
    return "not supported by this version of pmp (" PMP_VERSION ")";
}

} // namespace pmp::config
