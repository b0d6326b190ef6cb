// SPDX-License-Identifier: MIT
#include "daemon/foreground.hpp"

#include <csignal>

namespace pmpd {

foreground::foreground(boost::asio::any_io_executor const& executor)
    : signals_(executor, SIGTERM, SIGINT, SIGHUP) {
    signals_.add(SIGUSR1);
    // Whoever reads the log may go away; a full disk quota is an error like any other.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    wait();
}

void foreground::wait() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (!error.failed()) {
            heard(signal);
            wait();
        }
    });
}

void foreground::heard(int signal) {
    switch (signal) {
    case SIGHUP: on_reload(); break;
    case SIGUSR1: on_table(); break;
    default: on_stop();
    }
}

} // namespace pmpd
