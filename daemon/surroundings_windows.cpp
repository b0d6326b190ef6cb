// SPDX-License-Identifier: MIT
#include "daemon/surroundings.hpp"
#include "daemon/utf16_windows.hpp"
#include "daemon/winapi_windows.hpp"

#include <shellapi.h>

#include <algorithm>
#include <array>
#include <memory>

namespace pmpd {

namespace {

class process_token {
public:
    process_token() { ::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &handle_); }
    ~process_token() {
        if (handle_ != nullptr) {
            ::CloseHandle(handle_);
        }
    }
    process_token(process_token const&) = delete;
    process_token& operator=(process_token const&) = delete;

    bool is_elevated() const {
        TOKEN_ELEVATION elevation{};
        DWORD size = sizeof elevation;
        return ::GetTokenInformation(handle_, TokenElevation, &elevation, size, &size) != FALSE &&
               elevation.TokenIsElevated != 0;
    }

    bool is_of_system() const {
        alignas(TOKEN_USER) std::array<std::byte, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> told;
        auto size = static_cast<DWORD>(told.size());
        if (::GetTokenInformation(handle_, TokenUser, told.data(), size, &size) == FALSE) {
            return false;
        }
        auto* const user = reinterpret_cast<TOKEN_USER*>(told.data())->User.Sid;
        constexpr std::array accounts = {
            WinLocalSystemSid, WinLocalServiceSid, WinNetworkServiceSid};
        return std::any_of(accounts.begin(), accounts.end(), [user](auto account) {
            return ::IsWellKnownSid(user, account) != FALSE;
        });
    }

private:
    HANDLE handle_ = nullptr;
};

void use_utf8_on_console() {
    ::SetConsoleOutputCP(CP_UTF8);
    for (DWORD const stream : {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
        DWORD mode = 0;
        auto* const handle = ::GetStdHandle(stream);
        if (::GetConsoleMode(handle, &mode) != FALSE) {
            ::SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
        }
    }
}

} // namespace

// main()'s are in the code page of the system, which lacks most of the world's letters.
std::vector<std::string> program_arguments(int /*argc*/, char** /*argv*/) {
    use_utf8_on_console();
    int count = 0;
    std::unique_ptr<wchar_t*, decltype(&::LocalFree)> const words(
        ::CommandLineToArgvW(::GetCommandLineW(), &count), &::LocalFree
    );
    std::vector<std::string> out;
    for (int i = 1; i < count; ++i) {
        out.push_back(to_utf8(words.get()[i]));
    }
    return out;
}

std::string environment_variable(char const* name) {
    auto const wide = to_utf16(name);
    std::wstring value;
    // It may grow between two calls; with room enough the size is told without the terminating NUL.
    for (DWORD size = 1; size > value.size();) {
        value.resize(size);
        size = ::GetEnvironmentVariableW(wide.c_str(), value.data(), size);
        if (size < value.size()) {
            value.resize(size);
        }
    }
    return to_utf8(value);
}

bool is_journal(std::string const& /*journal_stream*/) {
    return false;
}

bool is_root() {
    process_token const own;
    return own.is_elevated() || own.is_of_system();
}

} // namespace pmpd
