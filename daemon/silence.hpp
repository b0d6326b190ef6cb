// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/event.hpp>
#include <pmp/network.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pmpd {

/// Since when gateways have not answered: what a mapping that is only asked for waits for.
class silence {
public:
    /// Those are asked from now on, whichever were before.
    void use(std::vector<pmp::gateway_settings>, pmp::time_point now);
    void hear(pmp::event const&);
    /// `nothing has answered for 2 min: asked by pcp, nat-pmp and upnp`. Nothing where its gateway
    /// has answered, or has not had the time to.
    std::optional<std::string> reason(pmp::standing const&, pmp::time_point now) const;

private:
    using key = std::pair<std::string, pmp::address_family>;

    std::vector<pmp::gateway_settings> gateways_;
    std::map<key, pmp::time_point> since_;
};

} // namespace pmpd
