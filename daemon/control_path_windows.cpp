// SPDX-License-Identifier: MIT
#include "daemon/control_path.hpp"

namespace pmpd {

std::filesystem::path
default_control(std::function<std::string(char const*)> const& /*environment*/, bool /*is_root*/) {
    return R"(\\.\pipe\pmpd)";
}

} // namespace pmpd
