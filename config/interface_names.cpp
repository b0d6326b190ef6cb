// SPDX-License-Identifier: MIT
#include "config/interface_names.hpp"

#include "config/text.hpp"

#include <algorithm>

namespace pmp::config {

namespace {

constexpr std::string_view automatic = "auto";

std::size_t bytes(std::string_view text) {
    return text.size();
}

/// In units of UTF-16, of which a character of four bytes takes two.
std::size_t utf16_units(std::string_view text) {
    auto const units = [](char c) -> std::size_t {
        auto const byte = static_cast<unsigned char>(c);
        bool const continues = (byte & 0xc0U) == 0x80U;
        return continues ? 0 : byte >= 0xf0U ? 2 : 1;
    };
    std::size_t count = 0;
    for (auto const c : text)
        count += units(c);
    return count;
}

bool possible_on_linux(std::string_view text) {
    return text != "." && text != ".." && text.find_first_of("/: ") == std::string_view::npos;
}

bool possible_on_windows(std::string_view text) {
    return text.find_first_not_of(' ') != std::string_view::npos;
}

} // namespace

// IFNAMSIZ less the terminating NUL.
constinit interface_names const names_of_linux{&bytes, 15, &possible_on_linux, "eth0"};
// IF_MAX_STRING_SIZE.
constinit interface_names const names_of_windows{
    &utf16_units, 256, &possible_on_windows, "Ethernet"};

checked<std::string> read_interface(std::string_view text, interface_names const& names) {
    if (text == automatic)
        return std::string();
    auto const instead = "write a name such as " + std::string(names.example) + ", or auto";
    if (text.empty())
        return complaint{"the name of an interface", "cannot be empty; " + instead};
    if (names.length(text) > names.longest)
        return complaint{
            in_quotes(text),
            "is too long for an interface; write a name of at most " +
                std::to_string(names.longest) + " characters, or auto"};
    if (!is_printable(text) || !names.possible(text))
        return complaint{in_quotes(text), "cannot be the name of an interface; " + instead};
    return std::string(text);
}

checked<std::string> read_interface(std::string_view text) {
    return read_interface(text, native_names());
}

std::string_view example_interface() {
    return native_names().example;
}

} // namespace pmp::config
