// SPDX-License-Identifier: MIT
#include "wire/pcp.hpp"

#include "wire/pcp_body.hpp"
#include "wire/pcp_options.hpp"
#include "wire/pcp_rules.hpp"

#include <algorithm>
#include <utility>

namespace pmp::wire::pcp {

namespace {

constexpr auto success = static_cast<std::uint8_t>(pcp_result::success);
constexpr auto unsupp_version = static_cast<std::uint8_t>(pcp_result::unsupp_version);
constexpr std::size_t response_reserved_size = 12;

bool is_whole(std::size_t size) {
    return size <= max_size && size % 4 == 0;
}

/// 8.3: what follows the header. An error is a copy of the request, which may have been short or
/// broken itself: the client still has to learn of the error.
pmp::result<response> read_rest(response out, std::uint8_t opcode, reader& in) {
    auto const failed = out.result != success;
    if (in.left() < body_size(opcode).value_or(0)) {
        if (!failed) {
            return fault::truncated;
        }
        auto const data = in.take(in.left());
        out.body = other_body{opcode, {data.begin(), data.end()}};
        return out;
    }
    out.body = read_body(opcode, in);
    auto list = read_options(in);
    if (!list.sound && !failed) {
        return fault::bad_option;
    }
    out.options = std::move(list.options);
    return out;
}

} // namespace

pmp::result<bytes> encode(request const& message) {
    if (auto const breach = find_body_breach(message)) {
        return breach->sent;
    }
    if (auto const breach = find_option_breach(message)) {
        return breach->sent;
    }
    if (is_improper(message)) {
        return fault::bad_value;
    }
    writer out;
    out.u8(version).u8(opcode_of(message.body)).zeros(2).u32(message.lifetime);
    out.ip128(message.client);
    write_body(out, message.body);
    for (auto const& o : message.options) {
        out.octets(encode(o));
    }
    if (out.size() > max_size) {
        return fault::bad_length;
    }
    return std::move(out).take();
}

bytes encode(response const& message) {
    writer out;
    out.u8(message.version).u8(opcode_of(message.body) | response_bit).zeros(1).u8(message.result);
    out.u32(message.lifetime).u32(message.epoch).zeros(response_reserved_size);
    write_body(out, message.body);
    for (auto const& o : message.options) {
        auto const data = encode(o);
        if (out.size() + data.size() <= max_size) {
            out.octets(data);
        }
    }
    auto datagram = std::move(out).take();
    datagram.resize(std::min(datagram.size(), max_size));
    return datagram;
}

pmp::result<response> decode_response(std::span<std::byte const> datagram) {
    reader in(datagram);
    response out;
    out.version = in.u8();
    auto const opcode_octet = in.u8();
    in.skip(1);
    out.result = in.u8();
    if (in.overrun()) {
        return fault::truncated;
    }
    if (out.version == 0) {
        return fault::bad_version;
    }
    if ((opcode_octet & response_bit) == 0) {
        return fault::bad_direction;
    }
    auto const opcode = static_cast<std::uint8_t>(opcode_octet & ~response_bit);
    out.lifetime = in.u32();
    out.epoch = in.u32();
    // 9: before the length, which another version may define otherwise.
    auto const body_length = body_size(opcode).value_or(0);
    bool const is_readable = out.version == version && body_length > 0 &&
                             is_whole(datagram.size()) &&
                             in.left() >= response_reserved_size + body_length;
    if (out.result == unsupp_version && !is_readable) {
        out.body = other_body{opcode, {}};
        return out;
    }
    if (out.version != version) {
        return fault::bad_version;
    }
    in.skip(response_reserved_size);
    if (in.overrun()) {
        return fault::truncated;
    }
    if (!is_whole(datagram.size())) {
        return fault::bad_length;
    }
    return read_rest(std::move(out), opcode, in);
}

} // namespace pmp::wire::pcp
