// SPDX-License-Identifier: MIT
#include "config/interface_names.hpp"

namespace pmp::config {

interface_names const& native_names() {
    return names_of_windows;
}

} // namespace pmp::config
