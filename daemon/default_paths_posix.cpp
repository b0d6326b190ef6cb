// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

namespace pmpd {

std::filesystem::path default_config() {
    return "/etc/pmpd/pmpd.yaml";
}

std::filesystem::path default_state(environment const& get, bool is_root) {
    // systemd: more than one directory are separated by colons.
    auto const given = get("STATE_DIRECTORY");
    if (auto const first = given.substr(0, given.find(':')); !first.empty()) {
        return std::filesystem::path(first) / "state.json";
    }
    if (is_root) {
        return "/var/lib/pmpd/state.json";
    }
    // The XDG Base Directory Specification: a relative path is to be ignored.
    std::filesystem::path base = get("XDG_STATE_HOME");
    if (!base.is_absolute()) {
        std::filesystem::path const home = get("HOME");
        if (!home.is_absolute()) {
            return {};
        }
        base = home / ".local" / "state";
    }
    return base / "pmpd" / "state.json";
}

} // namespace pmpd
