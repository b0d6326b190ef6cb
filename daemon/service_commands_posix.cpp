// SPDX-License-Identifier: MIT
#include "daemon/service_commands.hpp"

namespace pmpd {

std::optional<int> run_service_command(std::vector<std::string> const& /*arguments*/) {
    return {};
}

} // namespace pmpd
