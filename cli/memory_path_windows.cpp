// SPDX-License-Identifier: MIT
#include "cli/memory_file.hpp"

namespace pmp::cli {

// An administrator who is asked for consent is the same user.
std::filesystem::path
memory_path(std::function<std::string(char const*)> const& variable, bool /*is_root*/) {
    auto const own = variable("LOCALAPPDATA");
    std::filesystem::path const base(std::u8string(own.begin(), own.end()));
    return base.is_absolute() ? base / "pmp" / "memory.json" : std::filesystem::path();
}

} // namespace pmp::cli
