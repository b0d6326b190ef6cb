// SPDX-License-Identifier: MIT
#include "daemon/access_list_windows.hpp"
#include "daemon/control_socket.hpp"
#include "daemon/control_stream_windows.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/overlapped_ptr.hpp>

#include <algorithm>
#include <utility>

namespace pmpd {

namespace {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using asio::windows::stream_handle;
using pmp::error_code;

/// The system, administrators, and whoever has made the pipe.
constexpr auto pipe_list = L"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;OW)";
constexpr std::wstring_view pipes = LR"(\\.\pipe\)";
constexpr DWORD buffer_size = 64 * 1024;

error_code last_error() {
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

/// Ends with its process. FILE_FLAG_FIRST_PIPE_INSTANCE does the same on Windows, and nothing in
/// wine.
class single_instance {
public:
    explicit single_instance(std::wstring name) {
        std::replace(name.begin(), name.end(), L'\\', L'_');
        handle_ = ::CreateMutexW(nullptr, FALSE, (LR"(Global\pmpd)" + name).c_str());
        is_first_ = handle_ != nullptr && ::GetLastError() != ERROR_ALREADY_EXISTS;
    }
    ~single_instance() {
        if (handle_ != nullptr) {
            ::CloseHandle(handle_);
        }
    }
    single_instance(single_instance const&) = delete;
    single_instance& operator=(single_instance const&) = delete;

    bool is_first() const { return is_first_; }

private:
    HANDLE handle_ = nullptr;
    bool is_first_ = false;
};

/// Calls the handler once a client has come.
struct wait_for_client {
    template <class Handler>
    void operator()(Handler&& handler, stream_handle& pipe) const {
        asio::windows::overlapped_ptr operation(
            pipe.get_executor(), std::forward<Handler>(handler)
        );
        bool const done = ::ConnectNamedPipe(pipe.native_handle(), operation.get()) != FALSE;
        auto const error = done ? ERROR_SUCCESS : ::GetLastError();
        if (done || error == ERROR_IO_PENDING) {
            operation.release();
            return;
        }
        // It came before anybody waited.
        auto const told = error == ERROR_PIPE_CONNECTED ? ERROR_SUCCESS : error;
        operation.complete({static_cast<int>(told), boost::system::system_category()}, 0);
    }
};

} // namespace

class control_socket::state {
public:
    state(asio::any_io_executor const& executor, std::filesystem::path path)
        : path_(std::move(path)), next_(executor) {}

    error_code open() {
        auto const& name = path_.native();
        if (!name.starts_with(pipes) || name.size() == pipes.size()) {
            return errc::make_error_code(errc::not_supported);
        }
        instance_ = std::make_unique<single_instance>(name.substr(pipes.size()));
        if (!instance_->is_first()) {
            return asio::error::address_in_use;
        }
        auto const error = open_next(FILE_FLAG_FIRST_PIPE_INSTANCE);
        is_open_ = !error.failed();
        return error;
    }

    void close() {
        is_open_ = false;
        instance_.reset();
        error_code ignored;
        next_.close(ignored);
    }

    bool is_open() const { return is_open_; }
    std::filesystem::path const& path() const { return path_; }

    static asio::awaitable<pmp::result<control_stream>> accept(std::shared_ptr<state> self) {
        error_code error;
        if (!self->next_.is_open()) {
            error = self->open_next(0);
        }
        if (!error.failed()) {
            error = co_await self->wait();
        }
        if (!self->is_open_) {
            co_return error_code(asio::error::operation_aborted);
        }
        if (error.failed()) {
            self->next_.close();
            co_return error;
        }
        auto connected = std::exchange(self->next_, stream_handle(self->next_.get_executor()));
        // The name is never without a pipe: a client that comes meanwhile finds nobody otherwise.
        self->open_next(0);
        auto made = std::make_shared<control_stream::state>(std::move(connected));
        co_return control_stream(std::move(made));
    }

private:
    error_code open_next(DWORD also) {
        access_list access(pipe_list);
        if (!access) {
            return last_error();
        }
        auto const made = ::CreateNamedPipeW(
            path_.c_str(),
            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | also,
            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            buffer_size,
            buffer_size,
            0,
            *access
        );
        if (made == INVALID_HANDLE_VALUE) {
            // Somebody has made a pipe of this name who is not this daemon.
            return ::GetLastError() == ERROR_ACCESS_DENIED ? asio::error::address_in_use
                                                           : last_error();
        }
        error_code error;
        next_.assign(made, error);
        return error;
    }

    asio::awaitable<error_code> wait() {
        constexpr auto token = asio::as_tuple(asio::use_awaitable);
        using token_type = std::remove_const_t<decltype(token)>;
        auto const [error, size] =
            co_await asio::async_initiate<token_type const, void(error_code, std::size_t)>(
                wait_for_client(), token, std::ref(next_)
            );
        co_return error;
    }

    std::filesystem::path path_;
    std::unique_ptr<single_instance> instance_;
    /// The one that waits for a client.
    stream_handle next_;
    bool is_open_ = false;
};

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
    return state_->is_open();
}

asio::awaitable<pmp::result<control_stream>> control_socket::accept() {
    return state::accept(state_);
}

std::filesystem::path const& control_socket::path() const {
    return state_->path();
}

} // namespace pmpd
