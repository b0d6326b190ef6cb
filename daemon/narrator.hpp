// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/log_line.hpp"

#include <pmp/event.hpp>
#include <pmp/network.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pmpd {

/// Narrates a sequence of events: what was said already is not said again. A refusal that repeats
/// itself becomes debug, an external address that is not public is pointed out once.
class narrator {
public:
    /// To be called with each new configuration; refusals are told anew.
    void use(std::vector<pmp::gateway_settings>);
    std::vector<log_line> tell(pmp::event const&);

private:
    bool repeats_a_refusal(pmp::event const&);
    std::vector<pmp::dialect_id> asked(std::string const& gateway) const;

    std::vector<pmp::gateway_settings> gateways_;
    std::set<pmp::ip_address> pointed_out_;
    std::map<std::string, pmp::error_code> refusals_;
};

} // namespace pmpd
