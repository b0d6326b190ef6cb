// SPDX-License-Identifier: MIT
#include "cli/system.hpp"
#include "daemon/utf16_windows.hpp"

#include <boost/asio/detail/socket_types.hpp>

#include <iphlpapi.h>

namespace pmp::cli {

bool error_is_terminal() {
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(STD_ERROR_HANDLE), &mode) != FALSE;
}

bool has_interface(std::string const& name) {
    NET_LUID found{};
    return ::ConvertInterfaceAliasToLuid(pmpd::to_utf16(name).c_str(), &found) == NO_ERROR;
}

std::string_view lists_interfaces() {
    return "netsh interface show interface";
}

// Windows keeps the standard streams and sockets apart, and ends nobody for a pipe.
void occupy_standard_streams() {}

void survive_closed_pipes() {}

} // namespace pmp::cli
