// SPDX-License-Identifier: MIT
#include "cli/port_claims.hpp"
#include "daemon/surroundings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>

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
        path_ = memory_path(pmpd::environment_variable, pmpd::is_root());
        if (!path_.empty()) {
            path_.replace_filename("kept.lock");
        }
    }
    ~state() {
        if (file_ >= 0) {
            ::close(file_);
        }
    }
    state(state const&) = delete;
    state& operator=(state const&) = delete;

    /// -1: there is none.
    int file(int whether_to_make_it) {
        if (file_ < 0 && !path_.empty()) {
            auto const flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | whether_to_make_it;
            file_ = ::open(path_.c_str(), flags, 0600);
        }
        return file_;
    }

    std::string gateway;

private:
    std::filesystem::path path_;
    int file_ = -1;
};

port_claims::port_claims(request const& asked) : state_(std::make_unique<state>(asked)) {}
port_claims::~port_claims() = default;

std::optional<int> port_claims::holder(std::vector<internal_port> const& ports) const {
    auto const file = state_->file(0);
    for (auto const& each : ports) {
        auto lock = lock_of(state_->gateway, each);
        bool const known = file >= 0 && ::fcntl(file, F_GETLK, &lock) == 0;
        if (known && lock.l_type != F_UNLCK) {
            return lock.l_pid;
        }
    }
    return {};
}

std::optional<int> port_claims::take(std::vector<internal_port> const& ports) {
    auto const file = state_->file(O_CREAT);
    for (auto const& each : ports) {
        auto lock = lock_of(state_->gateway, each);
        if (file >= 0 && ::fcntl(file, F_SETLK, &lock) != 0) {
            if (auto const other = holder({each})) {
                return other;
            }
        }
    }
    return {};
}

} // namespace pmp::cli
