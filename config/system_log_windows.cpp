// SPDX-License-Identifier: MIT
#include "config/system_log.hpp"

namespace pmp::config {

system_log const& native_log() {
    return log_of_windows;
}

} // namespace pmp::config
