// SPDX-License-Identifier: MIT
#pragma once

#include "wire/bytes.hpp"

#include <pmp/error.hpp>

#include <vector>

// RFC 7291: PCP servers named by DHCP.
namespace pmp::wire::dhcp {

/// One server and its addresses. Multicast and loopback addresses have been left out, and so have
/// servers without any other.
using pcp_server = std::vector<ip_address>;

/// Option 158 with its code and length octets; several instances follow one another (RFC 3396).
/// Errors: `fault::truncated`, `bad_length`, `bad_opcode` for another option's code.
result<std::vector<pcp_server>> decode_v4(std::span<std::byte const>);

/// Option 86 with its code and length; each instance is one server. Errors: as above.
result<std::vector<pcp_server>> decode_v6(std::span<std::byte const>);

} // namespace pmp::wire::dhcp
