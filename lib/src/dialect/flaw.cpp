// SPDX-License-Identifier: MIT
#include "dialect/flaw.hpp"

#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <algorithm>

namespace pmp {

namespace {

/// A version octet and an opcode.
constexpr std::size_t least_size = 2;

template <class Message>
error_code flaw_of(result<Message> const& decoded) {
    return decoded ? error_code(fault::bad_opcode) : decoded.error();
}

} // namespace

error_code flaw_of(std::span<std::byte const> datagram, std::vector<dialect_id> const& spoken) {
    if (datagram.size() < least_size) {
        return fault::truncated;
    }
    bool const is_old = datagram.front() == std::byte{wire::natpmp::version};
    auto const meant = is_old ? dialect_id::nat_pmp : dialect_id::pcp;
    if (std::find(spoken.begin(), spoken.end(), meant) == spoken.end()) {
        return fault::bad_version;
    }
    return is_old ? flaw_of(wire::natpmp::decode_response(datagram))
                  : flaw_of(wire::pcp::decode_response(datagram));
}

} // namespace pmp
