// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace pmpd {

/// Reads a whole regular file. `no_such_file_or_directory`: there is none; `not_supported`: it is
/// something else than a regular file, and was not touched; `file_too_large`: larger than `most`.
pmp::result<std::string> read_file(std::filesystem::path const&, std::size_t most);

/// What a replaced file outlives.
enum class outlives : std::uint8_t {
    /// Its writer, whatever ends that.
    the_process,
    /// The system as well: the disk has it. That takes milliseconds.
    a_power_cut,
};

/// Replaces the file by another with these contents, mode 0600, such that at any moment there is
/// either the old one or the new one. Something that is not a regular file is left alone:
/// `not_supported`.
pmp::error_code replace_file(
    std::filesystem::path const&, std::string_view contents, outlives = outlives::a_power_cut
);

/// Writes over the file, or makes one, mode 0600: the cheapest way, for what can be done without.
/// It may be found cut where the writer or the system was stopped in between, and the rest of older
/// contents may follow the last line then. Something that is not a regular file is left alone:
/// `not_supported`.
pmp::error_code overwrite_file(std::filesystem::path const&, std::string_view contents);

/// Held while the object lives, and by one process at a time.
class file_lock {
public:
    /// Makes the file where there is none. `resource_unavailable_try_again`: another process
    /// holds it; other errors: it cannot be locked at all.
    static pmp::result<file_lock> take(std::filesystem::path const&);

    file_lock(file_lock&&) noexcept;
    file_lock& operator=(file_lock&&) noexcept;
    ~file_lock();

private:
    explicit file_lock(std::intptr_t handle) : handle_(handle) {}

    /// A descriptor or a handle of the system's; -1: none.
    std::intptr_t handle_ = -1;
};

} // namespace pmpd
