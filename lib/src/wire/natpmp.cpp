// SPDX-License-Identifier: MIT
#include "wire/natpmp.hpp"

namespace pmp::wire::natpmp {

namespace {

constexpr std::uint8_t response_bit = 0x80;
constexpr std::uint8_t address_opcode = 0;
constexpr std::uint8_t udp_opcode = 1;
constexpr std::uint8_t tcp_opcode = 2;
constexpr auto unsupported_version =
    static_cast<std::uint16_t>(nat_pmp_result::unsupported_version);

std::uint8_t opcode_of(transport protocol) {
    return protocol == transport::udp ? udp_opcode : tcp_opcode;
}

transport transport_of(std::uint8_t opcode) {
    return opcode == udp_opcode ? transport::udp : transport::tcp;
}

std::uint8_t answer_to(std::uint8_t opcode) {
    return opcode | response_bit;
}

writer response_header(std::uint8_t opcode, std::uint16_t result, std::uint32_t epoch) {
    writer out;
    out.u8(version).u8(opcode).u16(result).u32(epoch);
    return out;
}

struct request_encoder {
    bytes operator()(address_request const&) const {
        writer out;
        out.u8(version).u8(address_opcode);
        return std::move(out).take();
    }
    bytes operator()(map_request const& m) const {
        writer out;
        out.u8(version).u8(opcode_of(m.protocol)).zeros(2);
        out.u16(m.internal_port).u16(m.suggested_port).u32(m.lifetime);
        return std::move(out).take();
    }
};

struct response_encoder {
    bytes operator()(address_response const& m) const {
        auto out = response_header(answer_to(address_opcode), m.result, m.epoch);
        out.ipv4(m.external);
        return std::move(out).take();
    }
    bytes operator()(map_response const& m) const {
        auto out = response_header(answer_to(opcode_of(m.protocol)), m.result, m.epoch);
        if (m.has_ports) {
            out.u16(m.internal_port).u16(m.assigned_port).u32(m.lifetime);
        }
        return std::move(out).take();
    }
    bytes operator()(version_response const& m) const {
        return response_header(m.opcode, unsupported_version, m.epoch).take();
    }
    bytes operator()(error_response const& m) const {
        return response_header(answer_to(m.opcode), m.result, m.epoch).take();
    }
};

result<response> decode_address(reader& in, std::uint16_t code, std::uint32_t epoch) {
    auto const external = in.ipv4();
    if (in.overrun() && code == 0) {
        return fault::truncated;
    }
    return address_response{code, epoch, external};
}

result<response>
decode_map(reader& in, std::uint8_t opcode, std::uint16_t code, std::uint32_t epoch) {
    auto const protocol = transport_of(opcode);
    auto const internal_port = in.u16();
    auto const assigned_port = in.u16();
    auto const lifetime = in.u32();
    if (!in.overrun()) {
        return map_response{protocol, code, epoch, true, internal_port, assigned_port, lifetime};
    }
    if (code == 0) {
        return fault::truncated;
    }
    return map_response{protocol, code, epoch, false};
}

} // namespace

bytes encode(request const& message) {
    return std::visit(request_encoder{}, message);
}

bytes encode(response const& message) {
    return std::visit(response_encoder{}, message);
}

result<request> decode_request(std::span<std::byte const> datagram) {
    reader in(datagram);
    auto const version_octet = in.u8();
    auto const opcode = in.u8();
    if (in.overrun()) {
        return fault::truncated;
    }
    if (version_octet != version) {
        return fault::bad_version;
    }
    if ((opcode & response_bit) != 0) {
        return fault::bad_direction;
    }
    if (opcode == address_opcode) {
        return address_request{};
    }
    if (opcode > tcp_opcode) {
        return fault::bad_opcode;
    }
    in.skip(2);
    map_request out{transport_of(opcode)};
    out.internal_port = in.u16();
    out.suggested_port = in.u16();
    out.lifetime = in.u32();
    if (in.overrun()) {
        return fault::truncated;
    }
    return out;
}

result<response> decode_response(std::span<std::byte const> datagram) {
    reader in(datagram);
    auto const version_octet = in.u8();
    auto const opcode_octet = in.u8();
    auto const code = in.u16();
    if (in.overrun()) {
        return fault::truncated;
    }
    if (version_octet != version) {
        return fault::bad_version;
    }
    auto const epoch = in.u32();
    // Before the direction: gateways of before erratum 3618 answer with opcode 0, and a client
    // that drops those never learns that it has to speak NAT-PMP.
    if (code == unsupported_version) {
        return version_response{opcode_octet, epoch};
    }
    if ((opcode_octet & response_bit) == 0) {
        return fault::bad_direction;
    }
    if (in.overrun()) {
        return fault::truncated;
    }
    auto const opcode = static_cast<std::uint8_t>(opcode_octet & ~response_bit);
    switch (opcode) {
    case address_opcode: return decode_address(in, code, epoch);
    case udp_opcode:
    case tcp_opcode: return decode_map(in, opcode, code, epoch);
    default: break;
    }
    if (code == 0) {
        return fault::bad_opcode;
    }
    return error_response{opcode, code, epoch};
}

} // namespace pmp::wire::natpmp
