// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"
#include "daemon/memory_json.hpp"
#include "daemon/private_file.hpp"

#include <pmp/memory.hpp>

#include <filesystem>
#include <optional>

namespace pmpd {

/// Keeps what a restart needs on disk, as well as it can: nothing that is wrong with the file or
/// the disk stops the daemon, and each trouble is told once.
class state_file {
public:
    /// Without a path nothing is kept.
    state_file(std::filesystem::path const&, teller);

    /// False where another process keeps its state in this file. Makes the file's directory.
    bool lock();
    /// What was kept. A file that cannot be used is set aside as `.bad`.
    std::optional<pmp::memory> load(instant now);
    /// Returns when it is on disk, at once where it is there already, or tells why it is not.
    /// False: another try may succeed.
    bool save(pmp::memory const&, instant now);

    std::filesystem::path const& path() const { return path_; }

private:
    void set_aside(std::string const& why);
    void tell_failure(std::string const& why);

    std::filesystem::path path_;
    teller tell_;
    std::optional<file_lock> lock_;
    std::optional<pmp::memory> saved_;
    bool given_up_ = false;
    bool failing_ = false;
};

} // namespace pmpd
