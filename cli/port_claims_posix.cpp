// SPDX-License-Identifier: MIT
#include "cli/port_claims.hpp"
#include "daemon/surroundings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>

namespace pmp::cli {

namespace {

/// Each port has a byte of the file, which is never written: only locked.
struct flock lock_of(std::string const& gateway, internal_port const& port) {
    // FNV-1a, of what no port number holds.
    std::uint32_t hash = 2166136261U;
    for (char const each : gateway + '/' + port.internal.address.to_string()) {
        hash = (hash ^ static_cast<unsigned char>(each)) * 16777619U;
    }
    auto const number = (port.protocol == transport::tcp ? 0U : 0x10000U) + port.internal.port;
    struct flock out {};
    out.l_type = F_WRLCK;
    out.l_whence = SEEK_SET;
    out.l_start = static_cast<off_t>((std::uint64_t{hash} << 17U) + number);
    out.l_len = 1;
    return out;
}

} // namespace

class port_claims::state {
public:
    explicit state(request const& asked) : gateway(asked.gateway.interface + '%') {
        if (asked.gateway.address) {
            gateway += asked.gateway.address->to_string();
        }
        auto file = memory_path(pmpd::environment_variable, pmpd::is_root());
        if (!file.empty()) {
            file.replace_filename("kept.lock");
            descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        }
    }
    ~state() {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
    state(state const&) = delete;
    state& operator=(state const&) = delete;

    std::string gateway;
    int descriptor = -1;
};

port_claims::port_claims(request const& asked) : state_(std::make_unique<state>(asked)) {}
port_claims::~port_claims() = default;

std::optional<int> port_claims::holder(std::vector<internal_port> const& ports) const {
    for (auto const& each : ports) {
        auto lock = lock_of(state_->gateway, each);
        auto const file = state_->descriptor;
        bool const known = file >= 0 && ::fcntl(file, F_GETLK, &lock) == 0;
        if (known && lock.l_type != F_UNLCK) {
            return lock.l_pid;
        }
    }
    return {};
}

std::optional<int> port_claims::take(std::vector<internal_port> const& ports) {
    for (auto const& each : ports) {
        auto lock = lock_of(state_->gateway, each);
        auto const file = state_->descriptor;
        if (file >= 0 && ::fcntl(file, F_SETLK, &lock) != 0) {
            if (auto const other = holder({each})) {
                return other;
            }
        }
    }
    return {};
}

} // namespace pmp::cli
