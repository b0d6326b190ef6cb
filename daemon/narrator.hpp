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

/// Narrates a sequence of events. What was said already becomes debug: a refusal that repeats
/// itself. What ends a worry becomes info: a renewal after a refusal or a gateway's restart. An
/// external address that is not public is pointed out once.
class narrator {
public:
    /// To be called with each new configuration; refusals are told anew.
    void use(std::vector<pmp::gateway_settings>);
    std::vector<log_line> tell(pmp::event const&);

private:
    /// What was last said of a mapping.
    struct said {
        std::string gateway;
        pmp::error_code refusal;
        /// A renewal is news.
        bool worried = false;
    };

    log_level weigh(pmp::event const&, log_level);
    bool is_new_and_not_public(pmp::ip_address const&);
    /// Null where there is none of that name.
    pmp::gateway_settings const* find(std::string const& gateway) const;
    std::vector<pmp::dialect_id> asked(std::string const& gateway) const;

    std::vector<pmp::gateway_settings> gateways_;
    std::set<pmp::ip_address> pointed_out_;
    std::map<std::string, said> mappings_;
};

} // namespace pmpd
