// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace pmpd {

/// Text of Windows' own in UTF-8, as all text is here. What is not valid becomes U+FFFD.
std::string to_utf8(std::wstring_view);

/// Text for Windows.
std::wstring to_utf16(std::string_view);

} // namespace pmpd
