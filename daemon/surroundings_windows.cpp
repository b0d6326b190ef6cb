// SPDX-License-Identifier: MIT
#include "daemon/surroundings.hpp"
#include "daemon/utf16_windows.hpp"

#include <windows.h>

namespace pmpd {

std::string environment_variable(char const* name) {
    auto const wide = to_utf16(name);
    std::wstring value;
    // It may grow between two calls.
    for (DWORD size = 1; size > value.size();) {
        value.resize(size);
        size = ::GetEnvironmentVariableW(wide.c_str(), value.data(), size);
        if (size < value.size()) {
            value.resize(size);
            break;
        }
    }
    return to_utf8(value);
}

bool is_journal(std::string const& /*journal_stream*/) {
    return false;
}

bool is_root() {
    HANDLE token = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token) == FALSE) {
        return false;
    }
    TOKEN_ELEVATION elevation{};
    DWORD size = sizeof elevation;
    bool const known =
        ::GetTokenInformation(token, TokenElevation, &elevation, size, &size) != FALSE;
    ::CloseHandle(token);
    return known && elevation.TokenIsElevated != 0;
}

} // namespace pmpd
