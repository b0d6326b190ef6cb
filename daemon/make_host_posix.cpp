// SPDX-License-Identifier: MIT
#include "daemon/foreground.hpp"
#include "daemon/make_host.hpp"
#include "daemon/surroundings.hpp"
#include "systemd/systemd_host.hpp"

#include <unistd.h>

namespace pmpd {

std::unique_ptr<service_host> make_host(boost::asio::any_io_executor const& executor) {
    auto socket = environment_variable("NOTIFY_SOCKET");
    if (socket.empty()) {
        return std::make_unique<foreground>(executor);
    }
    auto const watchdog = systemd::watchdog_pace(
        environment_variable("WATCHDOG_USEC"), environment_variable("WATCHDOG_PID"), ::getpid()
    );
    return std::make_unique<systemd::systemd_host>(executor, std::move(socket), watchdog);
}

} // namespace pmpd
