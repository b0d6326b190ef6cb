// SPDX-License-Identifier: MIT
#include "daemon/command_line_windows.hpp"
#include "daemon/hook_process.hpp"
#include "daemon/surroundings.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/windows/object_handle.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include <windows.h>

#include <array>
#include <atomic>
#include <utility>

namespace pmpd {

namespace {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using pmp::error_code;

constexpr DWORD pipe_size = 64 * 1024;
/// For what a program has written before its end, and its own children hold open.
constexpr std::chrono::milliseconds output_grace{200};

error_code last_error() {
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

/// A handle that a child inherits, and that this process closes when the child has it.
class inherited {
public:
    inherited(wchar_t const* path, DWORD access) {
        SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, TRUE};
        constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE;
        handle_ = ::CreateFileW(path, access, shared, &attributes, OPEN_EXISTING, 0, nullptr);
    }
    ~inherited() {
        if (*this) {
            ::CloseHandle(handle_);
        }
    }
    inherited(inherited const&) = delete;
    inherited& operator=(inherited const&) = delete;

    explicit operator bool() const { return handle_ != INVALID_HANDLE_VALUE; }
    HANDLE operator*() const { return handle_; }

private:
    HANDLE handle_ = INVALID_HANDLE_VALUE;
};

/// Of this process's handles a child inherits those of the list, and no socket.
class start_information {
public:
    start_information(HANDLE input, HANDLE output) : inherited_{input, output} {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        storage_.resize(size);
        info_.lpAttributeList = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(storage_.data());
        ::InitializeProcThreadAttributeList(info_.lpAttributeList, 1, 0, &size);
        ::UpdateProcThreadAttribute(
            info_.lpAttributeList,
            0,
            PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
            inherited_.data(),
            sizeof inherited_,
            nullptr,
            nullptr
        );
        info_.StartupInfo.cb = sizeof info_;
        info_.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
        info_.StartupInfo.hStdInput = input;
        info_.StartupInfo.hStdOutput = output;
        info_.StartupInfo.hStdError = output;
    }
    ~start_information() { ::DeleteProcThreadAttributeList(info_.lpAttributeList); }
    start_information(start_information const&) = delete;
    start_information& operator=(start_information const&) = delete;

    STARTUPINFOW* get() { return &info_.StartupInfo; }

private:
    std::array<HANDLE, 2> inherited_;
    std::vector<char> storage_;
    STARTUPINFOEXW info_{};
};

std::string path_in(std::vector<std::string> const& environment) {
    constexpr std::string_view key = "PATH=";
    for (auto const& each : environment) {
        if (each.starts_with(key)) {
            return each.substr(key.size());
        }
    }
    return {};
}

std::wstring fresh_pipe_name() {
    static std::atomic<unsigned> count{0};
    return LR"(\\.\pipe\pmpd-hook-)" + std::to_wstring(::GetCurrentProcessId()) + L'-' +
           std::to_wstring(++count);
}

} // namespace

class hook_process::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor const& executor, output_handler on_output, end_handler on_end)
        : output_(executor)
        , process_(executor)
        , grace_(executor)
        , on_output_(std::move(on_output))
        , on_end_(std::move(on_end)) {}

    ~state() {
        kill();
        if (job_ != nullptr) {
            ::CloseHandle(job_);
        }
    }

    error_code start(hook_command const& command) {
        auto const program =
            find_executable(command.arguments.front(), path_in(command.environment));
        if (program.empty()) {
            return errc::make_error_code(errc::no_such_file_or_directory);
        }
        if (is_batch_file(program)) {
            return errc::make_error_code(errc::executable_format_error);
        }
        auto const name = fresh_pipe_name();
        if (auto const error = open_output(name); error.failed()) {
            return error;
        }
        inherited const input(L"NUL", GENERIC_READ);
        inherited const output(name.c_str(), GENERIC_WRITE);
        job_ = ::CreateJobObjectW(nullptr, nullptr);
        if (!input || !output || job_ == nullptr) {
            return last_error();
        }
        return create(program, command, *input, *output);
    }

    void follow() {
        read();
        process_.async_wait([self = shared_from_this()](error_code error) {
            if (!error.failed()) {
                self->ended();
            }
        });
    }

    void kill() const {
        if (job_ != nullptr && !is_over_) {
            ::TerminateJobObject(job_, ERROR_PROCESS_ABORTED);
        }
    }

    /// Nobody wants to hear of it any more.
    void abandon() {
        on_output_ = nullptr;
        on_end_ = nullptr;
        kill();
        error_code ignored;
        output_.close(ignored);
        process_.close(ignored);
        grace_.cancel();
    }

private:
    error_code open_output(std::wstring const& name) {
        auto* const made = ::CreateNamedPipeW(
            name.c_str(),
            PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
            PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            1,
            pipe_size,
            pipe_size,
            0,
            nullptr
        );
        if (made == INVALID_HANDLE_VALUE) {
            return last_error();
        }
        error_code error;
        output_.assign(made, error);
        return error;
    }

    error_code
    create(std::wstring const& program, hook_command const& command, HANDLE input, HANDLE output) {
        // Most of Windows' libraries do not load without it.
        auto variables = command.environment;
        variables.push_back("SystemRoot=" + environment_variable("SystemRoot"));
        auto environment = environment_block_of(std::move(variables));
        auto line = command_line_of(command.arguments);
        start_information information(input, output);
        constexpr DWORD flags = CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT |
                                EXTENDED_STARTUPINFO_PRESENT;
        PROCESS_INFORMATION made{};
        bool const is_made = ::CreateProcessW(
                                 program.c_str(),
                                 line.data(),
                                 nullptr,
                                 nullptr,
                                 TRUE,
                                 flags,
                                 environment.data(),
                                 nullptr,
                                 information.get(),
                                 &made
                             ) != FALSE;
        if (!is_made) {
            return last_error();
        }
        // Before its first instruction: what it starts is in the job as well.
        ::AssignProcessToJobObject(job_, made.hProcess);
        ::ResumeThread(made.hThread);
        ::CloseHandle(made.hThread);
        error_code error;
        process_.assign(made.hProcess, error);
        return error;
    }

    void read() {
        output_.async_read_some(
            asio::buffer(chunk_),
            [self = shared_from_this()](error_code error, std::size_t count) {
                if (count > 0 && self->on_output_) {
                    self->on_output_({self->chunk_.data(), count});
                }
                if (!error.failed()) {
                    self->read();
                    return;
                }
                self->output_is_read_ = true;
                self->tell_end();
            }
        );
    }

    void ended() {
        DWORD status = 0;
        ::GetExitCodeProcess(process_.native_handle(), &status);
        exit_status_ = static_cast<int>(status);
        is_over_ = true;
        grace_.expires_after(output_grace);
        grace_.async_wait([self = shared_from_this()](error_code) {
            self->output_is_read_ = true;
            self->tell_end();
        });
        tell_end();
    }

    void tell_end() {
        if (!is_over_ || !output_is_read_ || !on_end_) {
            return;
        }
        grace_.cancel();
        on_output_ = nullptr;
        error_code ignored;
        output_.close(ignored);
        asio::post(output_.get_executor(), [self = shared_from_this()] {
            if (self->on_end_) {
                std::exchange(self->on_end_, nullptr)({self->exit_status_, 0});
            }
        });
    }

    asio::windows::stream_handle output_;
    asio::windows::object_handle process_;
    asio::steady_timer grace_;
    output_handler on_output_;
    end_handler on_end_;
    std::array<char, 4096> chunk_{};
    HANDLE job_ = nullptr;
    int exit_status_ = 0;
    bool is_over_ = false;
    bool output_is_read_ = false;
};

pmp::result<std::unique_ptr<hook_process>> hook_process::start(
    asio::any_io_executor const& executor,
    hook_command const& command,
    output_handler on_output,
    end_handler on_end
) {
    auto const made = std::make_shared<state>(executor, std::move(on_output), std::move(on_end));
    if (auto const error = made->start(command); error.failed()) {
        return error;
    }
    made->follow();
    return std::unique_ptr<hook_process>(new hook_process(made));
}

hook_process::hook_process(std::shared_ptr<state> made) : state_(std::move(made)) {}

hook_process::~hook_process() {
    state_->abandon();
}

void hook_process::kill() {
    state_->kill();
}

} // namespace pmpd
