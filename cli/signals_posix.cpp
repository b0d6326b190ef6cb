// SPDX-License-Identifier: MIT
#include "cli/signals.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

namespace pmp::cli {

namespace {

namespace asio = boost::asio;

/// What would end this process, and is no sign of its own failure.
constexpr std::array those_that_end{
    SIGHUP,
    SIGINT,
    SIGQUIT,
    SIGTERM,
    SIGUSR1,
    SIGUSR2,
    SIGALRM,
    SIGVTALRM,
    SIGPROF,
    SIGIO,
    SIGXCPU};

/// What the handler writes into the pipe, whole, since it is shorter than PIPE_BUF.
struct note {
    int number;
    int typed;
};

// Handlers have no other way to know it.
int pipe_end = -1; // NOLINT(*-avoid-non-const-global-variables)

extern "C" void write_down(int number, siginfo_t* info, void* /*context*/) {
    auto const error = errno;
    note const heard{number, info->si_code == SI_KERNEL ? 1 : 0};
    [[maybe_unused]] auto const written = ::write(pipe_end, &heard, sizeof heard);
    errno = error;
}

} // namespace

class signals::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor const& executor, handler tell)
        : reader_(executor), tell_(std::move(tell)) {}

    void open() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
            throw boost::system::system_error(errno, boost::system::system_category(), "pipe");
        }
        reader_.assign(ends[0]);
        pipe_end = ends[1];
        hear(those_that_end);
        wait();
    }

    template <class Numbers>
    void hear(Numbers const& numbers) {
        for (int const number : numbers) {
            hear(number);
        }
    }

    void close() {
        for (auto const& [number, before] : before_) {
            ::sigaction(number, &before, nullptr);
        }
        ::close(pipe_end);
        pipe_end = -1;
        tell_ = nullptr;
        boost::system::error_code ignored;
        reader_.close(ignored);
    }

private:
    void hear(int number) {
        struct sigaction before {};
        ::sigaction(number, nullptr, &before);
        // Without it nobody could wait for a child.
        bool const is_needed = number == SIGCHLD;
        if (!is_needed && before.sa_handler == SIG_IGN) {
            return;
        }
        struct sigaction now {};
        now.sa_sigaction = write_down;
        now.sa_flags = SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP;
        ::sigemptyset(&now.sa_mask);
        ::sigaction(number, &now, nullptr);
        before_.emplace_back(number, before);
    }

    void wait() {
        reader_.async_read_some(
            asio::buffer(&note_, sizeof note_),
            [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                if (error || !self->tell_) {
                    return;
                }
                self->tell_({self->note_.number, self->note_.typed != 0});
                if (self->tell_) {
                    self->wait();
                }
            }
        );
    }

    asio::posix::stream_descriptor reader_;
    handler tell_;
    note note_{};
    std::vector<std::pair<int, struct sigaction>> before_;
};

signals::signals(asio::any_io_executor const& executor, handler tell)
    : state_(std::make_shared<state>(executor, std::move(tell))) {
    state_->open();
}

void signals::hear_for_child() {
    state_->hear(std::array{SIGWINCH, SIGTSTP, SIGCONT, SIGCHLD});
}

signals::~signals() {
    state_->close();
}

bool stops(heard_signal heard) {
    return heard.number == SIGTSTP;
}

bool asks_to_end(heard_signal heard) {
    constexpr std::array numbers{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    return std::find(numbers.begin(), numbers.end(), heard.number) != numbers.end();
}

/// By its default action, which the system leaves out where no shell could continue it.
void stop_this_process() {
    struct sigaction usual {};
    struct sigaction before {};
    usual.sa_handler = SIG_DFL; // NOLINT(*-union-access): POSIX has no other way
    ::sigaction(SIGTSTP, &usual, &before);
    ::raise(SIGTSTP);
    ::sigaction(SIGTSTP, &before, nullptr);
}

bool is_of_child(heard_signal heard) {
    return heard.number == SIGCHLD;
}

} // namespace pmp::cli
