// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

#include <shlobj.h>

namespace pmpd {

namespace {

/// Asked of the system: in a service of wine's the variable leads elsewhere.
std::filesystem::path program_data() {
    wchar_t* found = nullptr;
    auto const known = ::SHGetKnownFolderPath(FOLDERID_ProgramData, 0, nullptr, &found);
    std::filesystem::path out = SUCCEEDED(known) ? found : LR"(C:\ProgramData)";
    ::CoTaskMemFree(found);
    return out / "pmpd";
}

} // namespace

std::filesystem::path default_config() {
    return program_data() / "pmpd.yaml";
}

std::filesystem::path default_state(environment const& get, bool is_root) {
    if (is_root) {
        return program_data() / "state.json";
    }
    auto const own = get("LOCALAPPDATA");
    std::filesystem::path const base(std::u8string(own.begin(), own.end()));
    return base.is_absolute() ? base / "pmpd" / "state.json" : std::filesystem::path();
}

} // namespace pmpd
