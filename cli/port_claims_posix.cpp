// SPDX-License-Identifier: MIT
#include "cli/leases.hpp"
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

port_claims::port_claims(request const& asked) : gateway_(asked.gateway.interface + '%') {
    if (asked.gateway.address) {
        gateway_ += asked.gateway.address->to_string();
    }
    auto file = memory_path(pmpd::environment_variable, pmpd::is_root());
    if (!file.empty()) {
        file.replace_filename("kept.lock");
        descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
}

port_claims::~port_claims() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

std::optional<int> port_claims::holder(std::vector<internal_port> const& ports) const {
    for (auto const& each : ports) {
        auto lock = lock_of(gateway_, each);
        bool const known = descriptor_ >= 0 && ::fcntl(descriptor_, F_GETLK, &lock) == 0;
        if (known && lock.l_type != F_UNLCK) {
            return lock.l_pid;
        }
    }
    return {};
}

std::optional<int> port_claims::take(std::vector<internal_port> const& ports) {
    for (auto const& each : ports) {
        auto lock = lock_of(gateway_, each);
        if (descriptor_ >= 0 && ::fcntl(descriptor_, F_SETLK, &lock) != 0) {
            if (auto const other = holder({each})) {
                return other;
            }
        }
    }
    return {};
}

std::string claimed_words(std::vector<internal_port> const& ports, int process) {
    auto const& one = ports.front();
    return "pmp keeps " + port_words(one.protocol, one.internal) + " open in process " +
           std::to_string(process) + "; end that first";
}

} // namespace pmp::cli
