// SPDX-License-Identifier: MIT
#include "config/encoding.hpp"

#include "config/text.hpp"

#include <utility>

namespace pmp::config {

namespace {

bool looks_like_utf16(std::string_view file) {
    return file.starts_with("\xff\xfe") || file.starts_with("\xfe\xff") ||
           file.substr(0, 4).find('\0') != std::string_view::npos;
}

problem at(std::string_view file, std::size_t offset, std::string message) {
    auto const where = position_at(file, offset);
    return {where.line, where.column, std::move(message)};
}

bool is_allowed(char32_t c) {
    if (c < 0x20)
        return c == U'\t' || c == U'\n' || c == U'\r';
    return c < 0x7f || c == 0x85 || c >= 0xa0;
}

} // namespace

// yaml-cpp is lenient here: it reads an EOT character as the end of the file, and bytes that are
// not UTF-8 as U+FFFD.
std::optional<problem> find_bad_character(std::string_view file) {
    if (looks_like_utf16(file))
        return problem{0, 0, "the file is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"};
    auto rest = file;
    while (!rest.empty()) {
        auto const offset = file.size() - rest.size();
        auto const character = take_character(rest);
        if (!character) {
            auto const byte = static_cast<unsigned char>(rest.front());
            return at(
                file,
                offset,
                "the byte 0x" + hexadecimal(byte, 2) + " is not UTF-8 here; save the file as UTF-8"
            );
        }
        if (!is_allowed(*character)) {
            auto const name = "U+" + hexadecimal(*character, 4);
            return at(file, offset, "the control character " + name + " is not allowed; remove it");
        }
        if (*character == U'\r' && !rest.starts_with('\n'))
            return at(
                file, offset, "a carriage return stands alone; end lines with LF or with CR LF"
            );
    }
    return std::nullopt;
}

} // namespace pmp::config
