// SPDX-License-Identifier: MIT
#include "config/scalars.hpp"
#include "config/text.hpp"

namespace pmp::config {

checked<std::string> read_name(std::string_view text) {
    if (text.empty())
        return complaint{"the name", "is empty; write a name such as ssh"};
    if (text.size() > longest_name)
        return complaint{
            "the name " + in_quotes(text),
            "is too long; write at most " + std::to_string(longest_name) + " bytes"};
    if (!is_printable(text))
        return complaint{
            "the name " + in_quotes(text), "holds control characters; write it without"};
    return std::string(text);
}

checked<std::string> read_description(std::string_view text) {
    if (text.empty())
        return complaint{"the description", "is empty; write a text, or remove the key"};
    if (text.size() > longest_description)
        return complaint{
            "the description " + in_quotes(text),
            "is too long; write at most " + std::to_string(longest_description) + " bytes"};
    if (!is_printable(text))
        return complaint{
            "the description " + in_quotes(text), "holds control characters; write it without"};
    return std::string(text);
}

checked<std::filesystem::path> read_path(std::string_view text) {
    if (text.empty())
        return complaint{"the path", "is empty; write the path of a file"};
    if (!is_printable(text))
        return complaint{
            "the path " + in_quotes(text), "holds control characters; write it without"};
    // As UTF-8, also where paths are made of wide characters.
    return std::filesystem::path(std::u8string(text.begin(), text.end()));
}

} // namespace pmp::config
