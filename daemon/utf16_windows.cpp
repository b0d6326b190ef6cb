// SPDX-License-Identifier: MIT
#include "daemon/utf16_windows.hpp"

#include <windows.h>

namespace pmpd {

std::string to_utf8(std::wstring_view text) {
    auto const length = static_cast<int>(text.size());
    auto const size =
        ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
    std::string out(static_cast<std::size_t>(size), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, out.data(), size, nullptr, nullptr);
    return out;
}

std::wstring to_utf16(std::string_view text) {
    auto const length = static_cast<int>(text.size());
    auto const size = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0);
    std::wstring out(static_cast<std::size_t>(size), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), length, out.data(), size);
    return out;
}

} // namespace pmpd
