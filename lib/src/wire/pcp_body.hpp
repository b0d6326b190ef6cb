// SPDX-License-Identifier: MIT
#pragma once

#include "wire/pcp.hpp"

#include <optional>

namespace pmp::wire::pcp {

/// 7.1, 7.2: of requests and responses alike.
inline constexpr std::size_t header_size = 24;
/// 7.1: the highest bit of the opcode's octet.
inline constexpr std::uint8_t response_bit = 0x80;

/// 7.3: octets up to the next multiple of four.
constexpr std::size_t padding(std::size_t length) {
    return (4 - length % 4) % 4;
}

std::uint8_t opcode_of(body const&);

/// Absent for opcodes that are not understood here.
std::optional<std::size_t> body_size(std::uint8_t opcode);

/// Of an opcode that is not understood, all that is left.
body read_body(std::uint8_t opcode, reader&);

/// Padded.
void write_body(writer&, body const&);

} // namespace pmp::wire::pcp
