// SPDX-License-Identifier: MIT
#include "daemon/access_list_windows.hpp"
#include "daemon/private_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace pmpd {

namespace {

namespace errc = boost::system::errc;

/// The system, administrators and whoever made the file; nothing is inherited from the folder.
constexpr auto private_list = L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)";
constexpr DWORD shared_with_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

pmp::error_code last_error() {
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

pmp::error_code make(errc::errc_t value) {
    return errc::make_error_code(value);
}

class handle {
public:
    explicit handle(HANDLE value) : value_(value) {}
    ~handle() {
        if (value_ != INVALID_HANDLE_VALUE) {
            ::CloseHandle(value_);
        }
    }
    handle(handle const&) = delete;
    handle& operator=(handle const&) = delete;

    explicit operator bool() const { return value_ != INVALID_HANDLE_VALUE; }
    HANDLE operator*() const { return value_; }
    HANDLE release() { return std::exchange(value_, INVALID_HANDLE_VALUE); }

private:
    HANDLE value_;
};

bool is_missing(DWORD error) {
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
}

/// Success where there is nothing, or a regular file.
pmp::error_code check_regular(std::filesystem::path const& path) {
    auto const found = ::GetFileAttributesW(path.c_str());
    if (found == INVALID_FILE_ATTRIBUTES) {
        return is_missing(::GetLastError()) ? pmp::error_code() : last_error();
    }
    constexpr DWORD others = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE;
    return (found & others) == 0 ? pmp::error_code() : make(errc::not_supported);
}

pmp::error_code write_all(HANDLE file, std::string_view rest) {
    while (!rest.empty()) {
        constexpr std::size_t most = std::size_t{1} << 30U;
        auto const now = static_cast<DWORD>(std::min(rest.size(), most));
        DWORD written = 0;
        if (::WriteFile(file, rest.data(), now, &written, nullptr) == FALSE) {
            return last_error();
        }
        rest.remove_prefix(written);
    }
    return {};
}

pmp::error_code
write_new_file(std::filesystem::path const& path, std::string_view contents, outlives what) {
    // One may be left from a process that was ended while it wrote: it has that one's access list.
    ::DeleteFileW(path.c_str());
    access_list access(private_list);
    if (!access) {
        return last_error();
    }
    handle const file(::CreateFileW(
        path.c_str(), GENERIC_WRITE, 0, *access, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr
    ));
    if (!file) {
        return last_error();
    }
    if (auto const error = write_all(*file, contents); error.failed()) {
        return error;
    }
    bool const written = what == outlives::the_process || ::FlushFileBuffers(*file) != FALSE;
    return written ? pmp::error_code() : last_error();
}

pmp::error_code move_over(std::filesystem::path const& from, std::filesystem::path const& to) {
    constexpr int tries = 10;
    constexpr std::chrono::milliseconds pause{20};
    constexpr DWORD flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    for (int attempt = 1;; ++attempt) {
        if (::MoveFileExW(from.c_str(), to.c_str(), flags) != FALSE) {
            return {};
        }
        auto const error = ::GetLastError();
        // What looks for viruses or makes backups keeps every file open for a moment.
        bool const is_held = error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED;
        if (!is_held || attempt == tries) {
            return {static_cast<int>(error), boost::system::system_category()};
        }
        std::this_thread::sleep_for(pause);
    }
}

} // namespace

pmp::result<std::string> read_file(std::filesystem::path const& path, std::size_t most) {
    if (auto const error = check_regular(path); error.failed()) {
        return error;
    }
    handle const file(::CreateFileW(
        path.c_str(),
        GENERIC_READ,
        shared_with_all,
        nullptr,
        OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL,
        nullptr
    ));
    if (!file) {
        return last_error();
    }
    if (::GetFileType(*file) != FILE_TYPE_DISK) {
        return make(errc::not_supported);
    }
    std::string out;
    std::array<char, 16384> chunk; // NOLINT(*-member-init): ReadFile() fills it
    for (;;) {
        DWORD count = 0;
        auto const size = static_cast<DWORD>(chunk.size());
        if (::ReadFile(*file, chunk.data(), size, &count, nullptr) == FALSE) {
            return last_error();
        }
        if (count == 0) {
            return out;
        }
        out.append(chunk.data(), count);
        if (out.size() > most) {
            return make(errc::file_too_large);
        }
    }
}

pmp::error_code
replace_file(std::filesystem::path const& path, std::string_view contents, outlives what) {
    if (auto const error = check_regular(path); error.failed()) {
        return error;
    }
    auto fresh = path;
    fresh += ".new";
    auto error = write_new_file(fresh, contents, what);
    if (!error.failed()) {
        error = move_over(fresh, path);
    }
    if (error.failed()) {
        ::DeleteFileW(fresh.c_str());
    }
    return error;
}

pmp::error_code overwrite_file(std::filesystem::path const& path, std::string_view contents) {
    if (auto const error = check_regular(path); error.failed()) {
        return error;
    }
    access_list access(private_list);
    if (!access) {
        return last_error();
    }
    handle const file(::CreateFileW(
        path.c_str(), GENERIC_WRITE, 0, *access, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr
    ));
    if (!file) {
        return last_error();
    }
    if (auto const error = write_all(*file, contents); error.failed()) {
        return error;
    }
    return ::SetEndOfFile(*file) != FALSE ? pmp::error_code() : last_error();
}

pmp::result<file_lock> file_lock::take(std::filesystem::path const& path) {
    handle file(::CreateFileW(
        path.c_str(), GENERIC_READ, 0, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr
    ));
    if (!file) {
        return ::GetLastError() == ERROR_SHARING_VIOLATION
                   ? make(errc::resource_unavailable_try_again)
                   : last_error();
    }
    return file_lock(reinterpret_cast<std::intptr_t>(file.release()));
}

file_lock::file_lock(file_lock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

file_lock& file_lock::operator=(file_lock&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

file_lock::~file_lock() {
    if (handle_ != -1) {
        ::CloseHandle(reinterpret_cast<HANDLE>(handle_));
    }
}

} // namespace pmpd
