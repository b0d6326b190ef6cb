// SPDX-License-Identifier: MIT
#include "daemon/control_socket.hpp"
#include "daemon/control_stream_posix.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

namespace pmpd {

namespace {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using protocol = asio::local::stream_protocol;
using pmp::error_code;

constexpr auto group_name = "pmpd";

error_code last_error() {
    return {errno, boost::system::system_category()};
}

/// Held while a socket's file is judged, removed and made, so that of two daemons that start
/// together neither removes the file of the other. On the directory: no file of its own is left.
class directory_lock {
public:
    explicit directory_lock(std::filesystem::path const& directory)
        : fd_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
    ~directory_lock() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    directory_lock(directory_lock const&) = delete;
    directory_lock& operator=(directory_lock const&) = delete;

    /// Where the directory cannot be read, nobody else makes sockets in it either.
    bool take() const {
        constexpr int tries = 20;
        constexpr std::chrono::milliseconds pause{10};
        for (int i = 0; fd_ >= 0 && i < tries; ++i) {
            if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) {
                return true;
            }
            std::this_thread::sleep_for(pause);
        }
        return fd_ < 0;
    }

private:
    int fd_;
};

/// The mode of a socket's file is right from its first moment on: bind() knows no other way.
class narrow_umask {
public:
    narrow_umask() : before_(::umask(0117)) {}
    ~narrow_umask() { ::umask(before_); }
    narrow_umask(narrow_umask const&) = delete;
    narrow_umask& operator=(narrow_umask const&) = delete;

private:
    mode_t before_;
};

/// A daemon with many clients waiting answers `EAGAIN`: it lives.
bool is_dead(asio::any_io_executor const& executor, protocol::endpoint const& at) {
    protocol::socket probe(executor, protocol());
    error_code error;
    probe.non_blocking(true, error);
    probe.connect(at, error);
    return error == asio::error::connection_refused;
}

error_code clear_way(asio::any_io_executor const& executor, std::filesystem::path const& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        return errno == ENOENT ? error_code() : last_error();
    }
    if (!S_ISSOCK(found.st_mode)) {
        return errc::make_error_code(errc::not_supported);
    }
    if (!is_dead(executor, protocol::endpoint(path.string()))) {
        return asio::error::address_in_use;
    }
    return ::unlink(path.c_str()) == 0 || errno == ENOENT ? error_code() : last_error();
}

/// Without the right to give it away the file stays with the daemon's own group. Where that is the
/// right one nothing may be tried: the service's sandbox kills for it.
void give_to_group(std::filesystem::path const& path) {
    struct group entry {};
    struct group* found = nullptr;
    std::array<char, 16384> text; // NOLINT(*-member-init): getgrnam_r() fills it
    if (::getgrnam_r(group_name, &entry, text.data(), text.size(), &found) == 0 && found &&
        found->gr_gid != ::getegid()) {
        [[maybe_unused]] auto const ignored =
            ::chown(path.c_str(), static_cast<uid_t>(-1), found->gr_gid);
    }
}

} // namespace

class control_socket::state {
public:
    state(asio::any_io_executor const& executor, std::filesystem::path path)
        : path_(std::move(path)), acceptor_(executor) {}

    error_code open();
    void close();
    protocol::acceptor& acceptor() { return acceptor_; }
    std::filesystem::path const& path() const { return path_; }

private:
    void remove_file() const;

    std::filesystem::path path_;
    protocol::acceptor acceptor_;
    /// Of the file, so that no other's is removed.
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

error_code control_socket::state::open() {
    if (path_.native().size() >= sizeof(sockaddr_un::sun_path)) {
        return errc::make_error_code(errc::filename_too_long);
    }
    auto const directory = path_.has_parent_path() ? path_.parent_path() : ".";
    std::error_code ignored;
    std::filesystem::create_directory(directory, ignored);
    directory_lock const lock(directory);
    if (!lock.take()) {
        return errc::make_error_code(errc::device_or_resource_busy);
    }
    auto error = clear_way(acceptor_.get_executor(), path_);
    if (error.failed()) {
        return error;
    }
    acceptor_.open(protocol(), error);
    if (!error.failed()) {
        narrow_umask const narrow;
        acceptor_.bind(protocol::endpoint(path_.string()), error);
    }
    if (error.failed()) {
        return error;
    }
    struct stat made {};
    if (::lstat(path_.c_str(), &made) == 0) {
        device_ = made.st_dev;
        inode_ = made.st_ino;
    }
    give_to_group(path_);
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

void control_socket::state::remove_file() const {
    struct stat found {};
    if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_) {
        ::unlink(path_.c_str());
    }
}

void control_socket::state::close() {
    if (acceptor_.is_open()) {
        remove_file();
        error_code ignored;
        acceptor_.close(ignored);
    }
}

control_socket::control_socket(std::shared_ptr<state> made) : state_(std::move(made)) {}

pmp::result<std::unique_ptr<control_socket>>
control_socket::listen(asio::any_io_executor const& executor, std::filesystem::path const& path) {
    auto const made = std::make_shared<state>(executor, path);
    if (auto const error = made->open(); error.failed()) {
        return error;
    }
    return std::unique_ptr<control_socket>(new control_socket(made));
}

control_socket::~control_socket() {
    close();
}

void control_socket::close() {
    state_->close();
}

bool control_socket::is_open() const {
    return state_->acceptor().is_open();
}

asio::awaitable<pmp::result<control_stream>> control_socket::accept() {
    auto const self = state_;
    auto [error, socket] =
        co_await self->acceptor().async_accept(asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::bad_descriptor) {
        error = asio::error::operation_aborted;
    }
    if (error.failed()) {
        co_return error;
    }
    auto made = std::make_shared<control_stream::state>(std::move(socket));
    co_return control_stream(std::move(made));
}

std::filesystem::path const& control_socket::path() const {
    return state_->path();
}

} // namespace pmpd
