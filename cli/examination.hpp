// SPDX-License-Identifier: MIT
#pragma once

#include "cli/diagnosis.hpp"
#include "cli/session.hpp"

namespace pmp::cli {

/// What the gateway's own table shows of what is mapped for a trial.
inline constexpr auto* trial_description = "pmp doctor";

/// Looks at this machine and at its gateway. What it maps for a trial is deleted again, also where
/// the user interrupts it: what was found until then is of no use in that case.
facts examine(request const&, session&);

} // namespace pmp::cli
