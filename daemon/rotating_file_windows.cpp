// SPDX-License-Identifier: MIT
#include "daemon/rotating_file_windows.hpp"

#include <cerrno>
#include <string>
#include <utility>

namespace pmpd {

namespace fs = std::filesystem;

namespace {

fs::path old_file(fs::path path, int number) {
    return number == 0 ? path : path += "." + std::to_string(number);
}

/// Below it all are there. There is one: the last is removed whenever all others could be renamed.
int first_free_number(fs::path const& path) {
    std::error_code unknown;
    int number = 1;
    while (number <= rotating_file::most_old_files && fs::exists(old_file(path, number), unknown)) {
        ++number;
    }
    return number;
}

} // namespace

rotating_file::rotating_file(fs::path path, std::uintmax_t most)
    : path_(std::move(path)), most_(most), limit_(most) {
    if (!open()) {
        throw spdlog::spdlog_ex("Failed opening file " + path_.string() + " for writing", errno);
    }
}

bool rotating_file::open() {
    file_.open(path_, std::ios::app);
    std::error_code unknown;
    auto const size = fs::file_size(path_, unknown);
    size_ = unknown ? 0 : size;
    return file_.is_open();
}

/// From the oldest on, into the first number that is free.
bool rotating_file::rename_all() {
    std::error_code error;
    for (int number = first_free_number(path_); number > 0 && !error; --number) {
        fs::rename(old_file(path_, number - 1), old_file(path_, number), error);
    }
    return !error;
}

void rotating_file::rotate() {
    file_.close();
    if (rename_all()) {
        std::error_code ignored;
        fs::remove(old_file(path_, most_old_files + 1), ignored);
    }
    open();
    // Where it was not renamed: tried again when it has grown by as much.
    limit_ = size_ + most_;
}

void rotating_file::sink_it_(spdlog::details::log_msg const& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (size_ > 0 && size_ + line.size() > limit_) {
        rotate();
    }
    file_.write(line.data(), static_cast<std::streamsize>(line.size()));
    size_ += line.size();
}

void rotating_file::flush_() {
    file_.flush();
}

} // namespace pmpd
