// SPDX-License-Identifier: MIT
#include "net/source_address.hpp"

#include <net/if.h>

#include <array>

namespace pmp::net {

std::string interface_name(unsigned index) {
    std::array<char, IF_NAMESIZE> name{};
    return index != 0 && ::if_indextoname(index, name.data()) != nullptr ? name.data() : "";
}

} // namespace pmp::net
