// SPDX-License-Identifier: MIT
#pragma once

#include "cli/diagnosis.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <string>

namespace pmp::cli {

/// How a diagnosis is to look.
struct report_style {
    std::size_t columns = 80;
    bool coloured = false;
    /// Ticks and crosses; otherwise ASCII alone.
    bool unicode = false;
};

/// A line a step, what to do below, and the verdict at the end.
std::string report(diagnosis const&, report_style const&);

/// `{"verdict", "gateway", "external_address", "steps"}`.
boost::json::object report_json(diagnosis const&, facts const&);

} // namespace pmp::cli
