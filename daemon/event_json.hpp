// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/event.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>

namespace pmpd {

/// An event, as who watches gets it. `lease`: how its mapping stands now, as JSON; null where it
/// concerns none, or one that is gone.
boost::json::object
event_json(pmp::event const&, boost::json::value lease, std::chrono::system_clock::time_point at);

} // namespace pmpd
