// SPDX-License-Identifier: MIT
#include "cli/memory_file.hpp"

namespace pmp::cli {

namespace fs = std::filesystem;

fs::path memory_path(std::function<std::string(char const*)> const& variable, bool is_root) {
    constexpr auto const* name = "memory.json";
    // The XDG Base Directory Specification: a relative path is to be ignored.
    if (fs::path const base = variable("XDG_STATE_HOME"); base.is_absolute()) {
        return base / "pmp" / name;
    }
    if (is_root) {
        return fs::path("/var/lib/pmp") / name;
    }
    fs::path const home = variable("HOME");
    return home.is_absolute() ? home / ".local" / "state" / "pmp" / name : fs::path();
}

} // namespace pmp::cli
