// SPDX-License-Identifier: MIT
#include "daemon/control_path.hpp"

namespace pmpd {

std::filesystem::path
default_control(std::function<std::string(char const*)> const& environment, bool is_root) {
    // systemd: more than one directory are separated by colons.
    auto const given = environment("RUNTIME_DIRECTORY");
    if (auto const first = given.substr(0, given.find(':')); !first.empty()) {
        return std::filesystem::path(first) / "control.sock";
    }
    if (is_root) {
        return "/run/pmpd/control.sock";
    }
    // The XDG Base Directory Specification: a relative path is to be ignored.
    std::filesystem::path const base = environment("XDG_RUNTIME_DIR");
    return base.is_absolute() ? base / "pmpd" / "control.sock" : std::filesystem::path();
}

} // namespace pmpd
