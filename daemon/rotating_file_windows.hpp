// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

namespace pmpd {

/// A log file which nobody else rotates: at 5 MiB it is renamed to `.1`, what was `.1` to `.2`, and
/// so on to `.4`. Where one of them can't be renamed, since somebody looks at it, the log grows on,
/// and the oldest stays as `.5` until that is done.
class rotating_file final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    static constexpr std::uintmax_t most_bytes = std::uintmax_t{5} << 20U;
    static constexpr int most_old_files = 4;

    /// Throws `spdlog::spdlog_ex` where it can't be opened.
    explicit rotating_file(std::filesystem::path, std::uintmax_t most = most_bytes);

private:
    void sink_it_(spdlog::details::log_msg const&) override;
    void flush_() override;
    bool open();
    void rotate();
    bool rename_all();

    std::filesystem::path path_;
    std::uintmax_t const most_;
    /// More than that where it could not be renamed.
    std::uintmax_t limit_;
    std::uintmax_t size_ = 0;
    std::ofstream file_;
};

} // namespace pmpd
