// SPDX-License-Identifier: MIT
#include "wire/pcp_body.hpp"

namespace pmp::wire::pcp {

namespace {

constexpr std::size_t announce_size = 0;
constexpr std::size_t map_size = 36;
constexpr std::size_t peer_size = 56;

struct opcode_visitor {
    std::uint8_t operator()(announce_body const&) const { return octet(opcode::announce); }
    std::uint8_t operator()(map_body const&) const { return octet(opcode::map); }
    std::uint8_t operator()(peer_body const&) const { return octet(opcode::peer); }
    std::uint8_t operator()(other_body const& b) const { return b.opcode; }

    static std::uint8_t octet(opcode op) { return static_cast<std::uint8_t>(op); }
};

/// The 36 octets with which MAP and PEER both begin.
template <class Body>
Body read_mapping(reader& in) {
    Body out;
    out.nonce = in.octets<std::tuple_size_v<nonce>>();
    out.protocol = in.u8();
    in.skip(3);
    out.internal_port = in.u16();
    out.external.port = in.u16();
    out.external.address = in.ip128();
    return out;
}

template <class Body>
void write_mapping(writer& out, Body const& b) {
    out.octets(b.nonce).u8(b.protocol).zeros(3).u16(b.internal_port);
    out.u16(b.external.port).ip128(b.external.address);
}

struct body_writer {
    writer& out;

    void operator()(announce_body const&) const {}
    void operator()(map_body const& b) const { write_mapping(out, b); }
    void operator()(peer_body const& b) const {
        write_mapping(out, b);
        out.u16(b.remote.port).zeros(2).ip128(b.remote.address);
    }
    void operator()(other_body const& b) const { out.octets(b.data).zeros(padding(b.data.size())); }
};

peer_body read_peer(reader& in) {
    auto out = read_mapping<peer_body>(in);
    out.remote.port = in.u16();
    in.skip(2);
    out.remote.address = in.ip128();
    return out;
}

other_body read_other(std::uint8_t op, reader& in) {
    auto const data = in.take(in.left());
    return {op, {data.begin(), data.end()}};
}

} // namespace

std::uint8_t opcode_of(body const& b) {
    return std::visit(opcode_visitor{}, b);
}

std::optional<std::size_t> body_size(std::uint8_t op) {
    switch (static_cast<opcode>(op)) {
    case opcode::announce: return announce_size;
    case opcode::map: return map_size;
    case opcode::peer: return peer_size;
    default: return std::nullopt;
    }
}

body read_body(std::uint8_t op, reader& in) {
    switch (static_cast<opcode>(op)) {
    case opcode::announce: return announce_body{};
    case opcode::map: return read_mapping<map_body>(in);
    case opcode::peer: return read_peer(in);
    default: return read_other(op, in);
    }
}

void write_body(writer& out, body const& b) {
    std::visit(body_writer{out}, b);
}

} // namespace pmp::wire::pcp
