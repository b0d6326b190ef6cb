// SPDX-License-Identifier: MIT
#include "daemon/foreground.hpp"

#include <csignal>

namespace pmpd {

// Ctrl-C and Ctrl-Break; a console that is closed, and whoever logs off, say the latter too.
foreground::foreground(boost::asio::any_io_executor const& executor)
    : signals_(executor, SIGINT, SIGTERM, SIGBREAK) {
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

void foreground::heard(int /*signal*/) {
    on_stop();
}

} // namespace pmpd
