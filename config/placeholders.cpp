// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/suggest.hpp"
#include "config/text.hpp"

#include <algorithm>

namespace pmp::config {

namespace {

constexpr std::string_view word_letters = "abcdefghijklmnopqrstuvwxyz_";

complaint unknown_placeholder(std::string_view word) {
    auto const meant = nearest(word, {hook_words.begin(), hook_words.end()});
    auto const written = in_quotes("{" + std::string(word) + "}");
    return {
        "the placeholder " + written,
        meant ? "is not known; did you mean '{" + std::string(*meant) + "}'?"
              : "is not known; it can be " + alternatives({hook_words.begin(), hook_words.end()})};
}

} // namespace

std::optional<std::string_view> next_placeholder(std::string_view text, std::size_t& at) {
    for (; (at = text.find('{', at)) != std::string_view::npos; ++at) {
        auto const end = text.find_first_not_of(word_letters, at + 1);
        // Anything else in braces is text: hooks send JSON.
        if (end != std::string_view::npos && text[end] == '}' && end > at + 1)
            return text.substr(at + 1, end - at - 1);
    }
    return std::nullopt;
}

checked<std::string> read_argument(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return complaint{"the text", "holds the character U+0000; remove it"};
    std::size_t at = 0;
    while (auto const word = next_placeholder(text, at)) {
        if (std::find(hook_words.begin(), hook_words.end(), *word) == hook_words.end())
            return unknown_placeholder(*word);
        ++at;
    }
    return std::string(text);
}

checked<std::string> read_program(std::string_view text) {
    if (text.empty())
        return complaint{"the program", "is empty; write its whole path"};
    std::filesystem::path const path(std::u8string(text.begin(), text.end()));
    if (path.has_parent_path() && !path.is_absolute())
        return complaint{
            in_quotes(text), "depends on the directory; write the whole path of the program"};
    return read_argument(text);
}

} // namespace pmp::config
