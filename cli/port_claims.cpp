// SPDX-License-Identifier: MIT
#include "cli/port_claims.hpp"

#include "cli/leases.hpp"

namespace pmp::cli {

std::string claimed_words(std::vector<internal_port> const& ports, int process) {
    auto const& one = ports.front();
    return "pmp keeps " + port_words(one.protocol, one.internal) + " open in process " +
           std::to_string(process) + "; end that first";
}

} // namespace pmp::cli
