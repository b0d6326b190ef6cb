// SPDX-License-Identifier: MIT
#include "cli/control_link.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/windows/stream_handle.hpp>
#include <boost/asio/write.hpp>

#include <aclapi.h>
#include <windows.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pmp::cli {

namespace asio = boost::asio;
namespace errc = boost::system::errc;

namespace {

constexpr DWORD patience_ms = 2000;
constexpr int attempts = 3;

error_code last_error() {
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

/// This user, or whom the user's objects belong to.
bool is_own(PSID account) {
    HANDLE token = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token) == FALSE) {
        return false;
    }
    bool found = false;
    for (auto const what : {TokenUser, TokenOwner}) {
        // Of both the first member is a pointer to the identifier behind it.
        alignas(PSID) std::array<std::byte, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> told;
        auto size = static_cast<DWORD>(told.size());
        if (::GetTokenInformation(token, what, told.data(), size, &size) != FALSE) {
            auto* const own = reinterpret_cast<TOKEN_OWNER*>(told.data())->Owner;
            found = found || ::EqualSid(account, own) != FALSE;
        }
    }
    ::CloseHandle(token);
    return found;
}

/// Anybody may make a pipe of this name while no daemon runs.
bool is_trusted(HANDLE pipe) {
    PSID owner = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    auto const error = ::GetSecurityInfo(
        pipe,
        SE_KERNEL_OBJECT,
        OWNER_SECURITY_INFORMATION,
        &owner,
        nullptr,
        nullptr,
        nullptr,
        &descriptor
    );
    if (error != ERROR_SUCCESS) {
        return false;
    }
    constexpr std::array accounts = {
        WinLocalSystemSid, WinLocalServiceSid, WinBuiltinAdministratorsSid};
    bool const is_system = std::any_of(accounts.begin(), accounts.end(), [owner](auto account) {
        return ::IsWellKnownSid(owner, account) != FALSE;
    });
    bool const trusted = is_system || is_own(owner);
    ::LocalFree(descriptor);
    return trusted;
}

/// The pipe's maker learns who this is, and may not act as that.
HANDLE open(std::filesystem::path const& path) {
    constexpr DWORD flags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
    constexpr DWORD access = GENERIC_READ | GENERIC_WRITE;
    HANDLE opened = INVALID_HANDLE_VALUE;
    for (int attempt = 0; attempt < attempts && opened == INVALID_HANDLE_VALUE; ++attempt) {
        opened = ::CreateFileW(path.c_str(), access, 0, nullptr, OPEN_EXISTING, flags, nullptr);
        bool const is_busy = opened == INVALID_HANDLE_VALUE && ::GetLastError() == ERROR_PIPE_BUSY;
        if (!is_busy || ::WaitNamedPipeW(path.c_str(), patience_ms) == FALSE) {
            break;
        }
    }
    return opened;
}

} // namespace

class control_link::state {
public:
    explicit state(asio::io_context& context) : pipe(context) {}

    asio::windows::stream_handle pipe;
};

control_link::control_link(asio::io_context& context) : state_(std::make_unique<state>(context)) {}
control_link::~control_link() = default;

error_code control_link::connect(std::filesystem::path const& path) {
    error_code error;
    state_->pipe.close(error);
    auto* const opened = open(path);
    if (opened == INVALID_HANDLE_VALUE) {
        return last_error();
    }
    if (!is_trusted(opened)) {
        ::CloseHandle(opened);
        return errc::make_error_code(errc::permission_denied);
    }
    state_->pipe.assign(opened, error);
    return error;
}

error_code control_link::write(std::string_view text) {
    error_code error;
    asio::write(state_->pipe, asio::buffer(text), error);
    return error;
}

void control_link::read_line(
    std::string& text, std::size_t longest, std::function<void(error_code, std::size_t)> then
) {
    asio::async_read_until(
        state_->pipe,
        asio::dynamic_buffer(text, longest),
        '\n',
        [then = std::move(then)](error_code error, std::size_t size) {
            // A pipe whose other end is gone.
            then(error == asio::error::broken_pipe ? error_code(asio::error::eof) : error, size);
        }
    );
}

bool control_link::is_missing(std::filesystem::path const&) {
    return false;
}

std::string_view control_link::who() {
    return "administrators and for the account that pmpd runs in";
}

} // namespace pmp::cli
