// SPDX-License-Identifier: MIT
#include "daemon/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace pmpd {

namespace {

namespace errc = boost::system::errc;

pmp::error_code last_error() {
    return {errno, boost::system::system_category()};
}

pmp::error_code make(errc::errc_t value) {
    return errc::make_error_code(value);
}

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    ~descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;

    explicit operator bool() const { return fd_ >= 0; }
    int operator*() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

template <class Call>
auto without_interruption(Call call) {
    for (;;) {
        auto const result = call();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

pmp::error_code write_all(int fd, std::string_view rest) {
    while (!rest.empty()) {
        auto const written =
            without_interruption([&] { return ::write(fd, rest.data(), rest.size()); });
        if (written < 0) {
            return last_error();
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// The directory's list of names is data of its own: without this the rename may be lost.
void sync_directory(std::filesystem::path const& directory) {
    descriptor const fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) {
        ::fsync(*fd);
    }
}

pmp::error_code
write_new_file(std::filesystem::path const& path, std::string_view contents, outlives what) {
    // One may be left from a process that was killed while it wrote.
    ::unlink(path.c_str());
    descriptor const fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)
    );
    if (!fd) {
        return last_error();
    }
    if (auto const error = write_all(*fd, contents); error.failed()) {
        return error;
    }
    bool const written = what == outlives::the_process || ::fsync(*fd) == 0;
    return written ? pmp::error_code() : last_error();
}

pmp::error_code check_replaceable(std::filesystem::path const& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        return errno == ENOENT ? pmp::error_code() : last_error();
    }
    return S_ISREG(found.st_mode) ? pmp::error_code() : make(errc::not_supported);
}

} // namespace

pmp::result<std::string> read_file(std::filesystem::path const& path, std::size_t most) {
    // O_NONBLOCK: opening a FIFO must not wait for somebody to write.
    descriptor const fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) {
        return last_error();
    }
    struct stat found {};
    if (::fstat(*fd, &found) != 0) {
        return last_error();
    }
    if (!S_ISREG(found.st_mode)) {
        return make(errc::not_supported);
    }
    std::string out;
    std::array<char, 4096> chunk; // NOLINT(*-member-init): read() fills it
    for (;;) {
        auto const count =
            without_interruption([&] { return ::read(*fd, chunk.data(), chunk.size()); });
        if (count < 0) {
            return last_error();
        }
        if (count == 0) {
            return out;
        }
        out.append(chunk.data(), static_cast<std::size_t>(count));
        if (out.size() > most) {
            return make(errc::file_too_large);
        }
    }
}

pmp::error_code
replace_file(std::filesystem::path const& path, std::string_view contents, outlives what) {
    if (auto const error = check_replaceable(path); error.failed()) {
        return error;
    }
    auto fresh = path;
    fresh += ".new";
    auto error = write_new_file(fresh, contents, what);
    if (!error.failed() && ::rename(fresh.c_str(), path.c_str()) != 0) {
        error = last_error();
    }
    if (error.failed()) {
        ::unlink(fresh.c_str());
        return error;
    }
    if (what == outlives::a_power_cut) {
        sync_directory(path.has_parent_path() ? path.parent_path() : ".");
    }
    return {};
}

pmp::error_code overwrite_file(std::filesystem::path const& path, std::string_view contents) {
    descriptor const fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)
    );
    struct stat found {};
    if (!fd) {
        // What they mean: a directory, a link, a pipe that nobody reads.
        bool const is_other = errno == EISDIR || errno == ELOOP || errno == ENXIO;
        return is_other ? make(errc::not_supported) : last_error();
    }
    if (::fstat(*fd, &found) != 0) {
        return last_error();
    }
    if (!S_ISREG(found.st_mode)) {
        return make(errc::not_supported);
    }
    if (auto const error = write_all(*fd, contents); error.failed()) {
        return error;
    }
    auto const size = static_cast<off_t>(contents.size());
    return found.st_size <= size || ::ftruncate(*fd, size) == 0 ? pmp::error_code() : last_error();
}

pmp::result<file_lock> file_lock::take(std::filesystem::path const& path) {
    // Not for writing: in a read-only directory the file of an earlier run serves as well.
    descriptor fd(
        ::open(path.c_str(), O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)
    );
    if (!fd) {
        return last_error();
    }
    if (::flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? make(errc::resource_unavailable_try_again) : last_error();
    }
    return file_lock(fd.release());
}

file_lock::file_lock(file_lock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

file_lock& file_lock::operator=(file_lock&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

file_lock::~file_lock() {
    if (handle_ >= 0) {
        ::close(static_cast<int>(handle_));
    }
}

} // namespace pmpd
