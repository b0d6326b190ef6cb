// SPDX-License-Identifier: MIT
#include "wire/pcp.hpp"
#include "wire/pcp_body.hpp"
#include "wire/pcp_options.hpp"
#include "wire/pcp_rules.hpp"

#include <algorithm>
#include <utility>

namespace pmp::wire::pcp {

namespace {

constexpr rejection dropped{};
/// What an error response has of its own (7.2); the rest of the header is copied.
constexpr std::size_t own_header_size = 12;

std::variant<request, rejection> checked(request r) {
    if (auto const breach = find_body_breach(r)) {
        return rejection{breach->received};
    }
    if (std::any_of(r.options.begin(), r.options.end(), is_unsupported)) {
        return rejection{pcp_result::unsupp_option};
    }
    if (auto const breach = find_option_breach(r)) {
        return rejection{breach->received};
    }
    return r;
}

} // namespace

std::variant<request, rejection> parse_request(std::span<std::byte const> datagram) {
    reader in(datagram);
    auto const version_octet = in.u8();
    auto const opcode = in.u8();
    if (in.overrun() || (opcode & response_bit) != 0) {
        return dropped;
    }
    if (version_octet != version) {
        return rejection{pcp_result::unsupp_version};
    }
    request out;
    in.skip(2);
    out.lifetime = in.u32();
    out.client = in.ip128();
    if (in.overrun()) {
        return dropped;
    }
    if (datagram.size() > max_size || datagram.size() % 4 != 0) {
        return rejection{pcp_result::malformed_request};
    }
    auto const size = body_size(opcode);
    if (!size) {
        return rejection{pcp_result::unsupp_opcode};
    }
    if (in.left() < *size) {
        return rejection{pcp_result::malformed_request};
    }
    out.body = read_body(opcode, in);
    auto list = read_options(in);
    if (!list.sound) {
        return rejection{pcp_result::malformed_option};
    }
    out.options = std::move(list.options);
    return checked(std::move(out));
}

bytes encode_error(
    std::span<std::byte const> datagram,
    pcp_result result,
    std::uint32_t lifetime,
    std::uint32_t epoch
) {
    reader in(datagram.first(std::min(datagram.size(), max_size)));
    in.skip(1);
    auto const opcode = in.u8();
    in.skip(own_header_size - 2);
    writer out;
    out.u8(version).u8(opcode | response_bit).zeros(1).u8(static_cast<std::uint8_t>(result));
    out.u32(lifetime).u32(epoch).octets(in.take(in.left()));
    out.zeros(out.size() < header_size ? header_size - out.size() : padding(out.size()));
    return std::move(out).take();
}

} // namespace pmp::wire::pcp
