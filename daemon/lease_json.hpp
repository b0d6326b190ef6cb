// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/engine.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <vector>

namespace pmpd {

/// One mapping and how it fares, as every program shows it. `gateway`: where it stands, null where
/// that is not known. Times are in seconds, rounded up; what is not known is null.
boost::json::object
lease_json(pmp::standing const&, pmp::gateway_standing const* gateway, pmp::time_point now);

/// The table of leases.
boost::json::array leases_json(
    std::vector<pmp::standing> const&,
    std::vector<pmp::gateway_standing> const&,
    pmp::time_point now
);

boost::json::object gateway_json(pmp::gateway_standing const&);

} // namespace pmpd
