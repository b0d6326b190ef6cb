// SPDX-License-Identifier: MIT
#include "systemd/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <utility>

namespace pmpd::systemd {

namespace {

std::optional<std::int64_t> to_number(std::string const& text) {
    std::int64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

} // namespace

notifier::notifier(std::string address) : address_(std::move(address)) {
    auto const room = sizeof(sockaddr_un::sun_path);
    if (!address_.empty() && address_.size() < room) {
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
}

notifier::~notifier() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

void notifier::tell(std::string_view lines) const {
    if (socket_ < 0) {
        return;
    }
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    if (to.sun_path[0] == '@') {
        to.sun_path[0] = '\0';
    }
    auto const length = offsetof(sockaddr_un, sun_path) + address_.size();
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as sockets want it
    auto const* const address = reinterpret_cast<sockaddr const*>(&to);
    ::sendto(
        socket_, lines.data(), lines.size(), MSG_NOSIGNAL, address, static_cast<socklen_t>(length)
    );
}

std::string reloading_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    auto const since = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    auto const passed = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
    return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(passed);
}

std::string status_of(std::string_view text) {
    std::string line = "STATUS=";
    line += text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

std::optional<std::chrono::microseconds>
watchdog_pace(std::string const& watchdog_usec, std::string const& watchdog_pid, std::int64_t pid) {
    auto const limit = to_number(watchdog_usec);
    auto const is_for_another = !watchdog_pid.empty() && to_number(watchdog_pid) != pid;
    if (!limit || *limit <= 1 || is_for_another) {
        return {};
    }
    return std::chrono::microseconds(*limit / 2);
}

} // namespace pmpd::systemd
