// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/error.hpp>

namespace pmpd::windows_service {

/// Makes the folder of the configuration, the state and the log, which administrators and the
/// service may write to, and in it an empty configuration where there is none.
pmp::error_code make_folder();

} // namespace pmpd::windows_service
