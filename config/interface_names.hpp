// SPDX-License-Identifier: MIT
#pragma once

#include "config/scalars.hpp"

#include <cstddef>

namespace pmp::config {

/// How a system names its interfaces.
struct interface_names {
    /// As the system counts it, of UTF-8.
    std::size_t (*length)(std::string_view);
    std::size_t longest;
    /// Of a name that can be printed and is not empty.
    bool (*possible)(std::string_view);
    std::string_view example;
};

extern interface_names const names_of_linux;
/// Aliases, as Windows shows them: `Ethernet 2`, `vEthernet (Default Switch)`.
extern interface_names const names_of_windows;

/// Those of the system that this is built for.
interface_names const& native_names();

checked<std::string> read_interface(std::string_view, interface_names const&);

} // namespace pmp::config
