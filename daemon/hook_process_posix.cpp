// SPDX-License-Identifier: MIT
#include "daemon/hook_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <utility>

namespace pmpd {

namespace {

namespace asio = boost::asio;
using pmp::error_code;

/// Of a child that could not become the program.
constexpr int cannot_run = 127;
/// Read before others have their turn.
constexpr int chunks_at_once = 16;

error_code last_error() {
    return {errno, boost::system::system_category()};
}

struct pipe_ends {
    int read = -1;
    int write = -1;

    pipe_ends() = default;
    pipe_ends(pipe_ends const&) = delete;
    pipe_ends& operator=(pipe_ends const&) = delete;
    ~pipe_ends() {
        close(read);
        close(write);
    }

    bool open() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return false;
        }
        read = ends[0];
        write = ends[1];
        return true;
    }

    static void close(int& fd) {
        if (fd >= 0) {
            ::close(std::exchange(fd, -1));
        }
    }
};

/// While a child has not yet become another program it must not serve this one's signals.
class blocked_signals {
public:
    blocked_signals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~blocked_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    blocked_signals(blocked_signals const&) = delete;
    blocked_signals& operator=(blocked_signals const&) = delete;

private:
    sigset_t before_{};
};

std::vector<char*> pointers(std::vector<std::string> const& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto const& each : texts) {
        out.push_back(const_cast<char*>(each.c_str())); // NOLINT: execve() takes it so
    }
    out.push_back(nullptr);
    return out;
}

std::string in_path(std::string const& program, std::vector<std::string> const& environment) {
    constexpr std::string_view key = "PATH=";
    if (program.find('/') != std::string::npos) {
        return program;
    }
    for (auto const& each : environment) {
        if (!each.starts_with(key)) {
            continue;
        }
        for (auto from = key.size(); from <= each.size();) {
            auto const to = std::min(each.find(':', from), each.size());
            auto path = each.substr(from, to - from) + "/" + program;
            if (path.front() == '/' && ::access(path.c_str(), X_OK) == 0) {
                return path;
            }
            from = to + 1;
        }
    }
    return {};
}

/// What the child needs, made before it is born: it must not allocate.
struct birth {
    std::string program;
    std::vector<char*> arguments;
    std::vector<char*> environment;
    int output = -1;
    int complaint = -1;
};

/// Only what signal handlers may call.
[[noreturn]] void become(birth const& b) {
    ::setpgid(0, 0);
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // NOLINT(cert-err33-c): some cannot be set
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    auto const null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto const ready = ::dup2(null, STDIN_FILENO) >= 0 && ::dup2(b.output, STDOUT_FILENO) >= 0 &&
                       ::dup2(b.output, STDERR_FILENO) >= 0;
    if (ready) {
        ::execve(b.program.c_str(), b.arguments.data(), b.environment.data());
    }
    auto const why = errno;
    [[maybe_unused]] auto const ignored = ::write(b.complaint, &why, sizeof(why));
    ::_exit(cannot_run);
}

/// Asio's sockets stay open in a program that is started, unless they are told otherwise.
void keep_descriptors_here() {
    std::error_code error;
    for (auto const& each : std::filesystem::directory_iterator("/dev/fd", error)) {
        int fd = 0;
        auto const name = each.path().filename().string();
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (fd > STDERR_FILENO) {
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
    }
}

error_code complaint_from(int fd) {
    int why = 0;
    ssize_t count = 0;
    do {
        count = ::read(fd, &why, sizeof(why));
    } while (count < 0 && errno == EINTR);
    return count == sizeof(why) ? error_code(why, boost::system::system_category()) : error_code();
}

} // namespace

class hook_process::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor const& executor, output_handler on_output, end_handler on_end)
        : output_(executor)
        , children_(executor, SIGCHLD)
        , on_output_(std::move(on_output))
        , on_end_(std::move(on_end)) {}

    ~state() { kill(); }

    error_code start(hook_command const& command) {
        birth b;
        b.program = in_path(command.arguments.front(), command.environment);
        if (b.program.empty()) {
            return boost::system::errc::make_error_code(
                boost::system::errc::no_such_file_or_directory
            );
        }
        b.arguments = pointers(command.arguments);
        b.environment = pointers(command.environment);
        pipe_ends output;
        pipe_ends complaint;
        if (!output.open() || !complaint.open()) {
            return last_error();
        }
        b.output = output.write;
        b.complaint = complaint.write;
        keep_descriptors_here();
        {
            blocked_signals const blocked;
            pid_ = ::fork();
            if (pid_ == 0) {
                become(b);
            }
        }
        if (pid_ < 0) {
            return last_error();
        }
        pipe_ends::close(complaint.write);
        if (auto const error = complaint_from(complaint.read); error.failed()) {
            ::waitpid(std::exchange(pid_, -1), nullptr, 0);
            return error;
        }
        output_.assign(std::exchange(output.read, -1));
        output_.non_blocking(true);
        return {};
    }

    void follow() {
        wait_for_end();
        wait_for_output();
    }

    void kill() const {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
        }
    }

    /// Nobody wants to hear of it any more.
    void abandon() {
        on_output_ = nullptr;
        on_end_ = nullptr;
        kill();
        error_code ignored;
        output_.close(ignored);
    }

private:
    void wait_for_end() {
        // It may have ended before anybody listened.
        if (has_ended()) {
            return;
        }
        children_.async_wait([self = shared_from_this()](error_code error, int) {
            if (!error.failed()) {
                self->wait_for_end();
            }
        });
    }

    bool has_ended() {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == 0) {
            return false;
        }
        pid_ = -1;
        hook_end end;
        if (WIFSIGNALED(status)) {
            end.signal = WTERMSIG(status);
        } else {
            end.exit_status = WEXITSTATUS(status);
        }
        read_output();
        error_code ignored;
        output_.close(ignored);
        if (on_end_) {
            asio::post(output_.get_executor(), [self = shared_from_this(), end] {
                if (self->on_end_) {
                    std::exchange(self->on_end_, nullptr)(end);
                }
            });
        }
        return true;
    }

    void wait_for_output() {
        if (!output_.is_open()) {
            return;
        }
        output_.async_wait(
            asio::posix::stream_descriptor::wait_read,
            [self = shared_from_this()](error_code error) {
                if (!error.failed()) {
                    self->read_output();
                    self->wait_for_output();
                }
            }
        );
    }

    void read_output() {
        std::array<char, 4096> chunk; // NOLINT(*-member-init): read_some() fills it
        for (int i = 0; i < chunks_at_once && output_.is_open(); ++i) {
            error_code error;
            auto const count = output_.read_some(asio::buffer(chunk), error);
            if (count > 0 && on_output_) {
                on_output_({chunk.data(), count});
            }
            if (error == asio::error::would_block || error == asio::error::interrupted) {
                return;
            }
            if (error.failed()) {
                error_code ignored;
                output_.close(ignored);
            }
        }
    }

    asio::posix::stream_descriptor output_;
    asio::signal_set children_;
    output_handler on_output_;
    end_handler on_end_;
    pid_t pid_ = -1;
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
