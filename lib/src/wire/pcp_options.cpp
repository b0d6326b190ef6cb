// SPDX-License-Identifier: MIT
#include "wire/pcp_options.hpp"

#include "wire/pcp_body.hpp"

#include <optional>
#include <utility>

namespace pmp::wire::pcp {

namespace {

constexpr std::size_t ipv4_prefix_size = 6;

struct code_visitor {
    std::uint8_t operator()(other_option const& o) const { return o.code; }
    std::uint8_t operator()(third_party const&) const { return octet(option_code::third_party); }
    std::uint8_t operator()(prefer_failure const&) const {
        return octet(option_code::prefer_failure);
    }
    std::uint8_t operator()(filter const&) const { return octet(option_code::filter); }
    std::uint8_t operator()(description const&) const { return octet(option_code::description); }
    std::uint8_t operator()(prefix64 const&) const { return octet(option_code::prefix64); }
    std::uint8_t operator()(port_set const&) const { return octet(option_code::port_set); }
    std::uint8_t operator()(third_party_id const&) const {
        return octet(option_code::third_party_id);
    }
    std::uint8_t operator()(checkpoint_required const&) const {
        return octet(option_code::checkpoint_required);
    }

    static std::uint8_t octet(option_code code) { return static_cast<std::uint8_t>(code); }
};

/// Writes the data of an option, without header and padding.
struct data_writer {
    writer& out;

    void operator()(third_party const& o) const { out.ip128(o.internal); }
    void operator()(prefer_failure const&) const {}
    void operator()(filter const& o) const {
        out.zeros(1).u8(o.prefix_length).u16(o.remote_port).ip128(o.remote);
    }
    void operator()(description const& o) const {
        out.octets(std::as_bytes(std::span(o.text.data(), o.text.size())));
    }
    void operator()(prefix64 const& o) const {
        out.u16(o.prefix_octets).octets(o.octets);
        if (!o.has_list) {
            return;
        }
        out.u16(static_cast<std::uint16_t>(o.ipv4_prefixes.size()));
        for (auto const& prefix : o.ipv4_prefixes) {
            out.u16(prefix.length).ipv4(prefix.address);
        }
    }
    void operator()(port_set const& o) const {
        out.u16(o.size).u16(o.first_internal_port).u8(o.parity ? 1 : 0);
    }
    void operator()(third_party_id const& o) const { out.octets(o.id); }
    void operator()(checkpoint_required const&) const {}
    void operator()(other_option const& o) const { out.octets(o.data); }
};

std::vector<std::byte> rest(reader& in) {
    auto const data = in.take(in.left());
    return {data.begin(), data.end()};
}

// Each of these is handed the data of one option; what it leaves unread, or wants beyond the end,
// is a length that the definition forbids.

option read_filter(reader& in) {
    filter out;
    in.skip(1);
    out.prefix_length = in.u8();
    out.remote_port = in.u16();
    out.remote = in.ip128();
    return out;
}

std::optional<option> read_description(reader& in) {
    if (in.left() > longest_text) {
        return std::nullopt;
    }
    description out;
    for (auto const octet : in.take(in.left())) {
        out.text.push_back(static_cast<char>(octet));
    }
    return out;
}

std::optional<option> read_third_party_id(reader& in) {
    if (in.left() > longest_text) {
        return std::nullopt;
    }
    return third_party_id{rest(in)};
}

/// RFC 7225 4.1
bool is_prefix_length(std::uint16_t octets) {
    return (octets >= 4 && octets <= 8) || octets == 12;
}

std::optional<option> read_prefix64(reader& in) {
    prefix64 out;
    out.prefix_octets = in.u16();
    out.octets = in.octets<12>();
    out.has_list = in.left() > 0;
    if (!is_prefix_length(out.prefix_octets)) {
        return std::nullopt;
    }
    if (!out.has_list) {
        return out;
    }
    auto const count = in.u16();
    if (in.left() != count * ipv4_prefix_size) {
        return std::nullopt;
    }
    while (in.left() > 0) {
        auto const length = in.u16();
        out.ipv4_prefixes.push_back({length, in.ipv4()});
    }
    return out;
}

option read_port_set(reader& in) {
    port_set out;
    out.size = in.u16();
    out.first_internal_port = in.u16();
    out.parity = (in.u8() & 1U) != 0;
    return out;
}

std::optional<option> read_data(std::uint8_t code, reader& in) {
    switch (static_cast<option_code>(code)) {
    case option_code::third_party: return third_party{in.ip128()};
    case option_code::prefer_failure: return prefer_failure{};
    case option_code::filter: return read_filter(in);
    case option_code::description: return read_description(in);
    case option_code::prefix64: return read_prefix64(in);
    case option_code::port_set: return read_port_set(in);
    case option_code::third_party_id: return read_third_party_id(in);
    case option_code::checkpoint_required: return checkpoint_required{};
    default: return other_option{code, rest(in)};
    }
}

} // namespace

std::uint8_t code_of(option const& o) {
    return std::visit(code_visitor{}, o);
}

bytes encode(option const& o) {
    writer data;
    std::visit(data_writer{data}, o);
    auto const length = data.size();
    writer out;
    out.u8(code_of(o)).zeros(1).u16(static_cast<std::uint16_t>(length));
    out.octets(std::move(data).take()).zeros(padding(length));
    return std::move(out).take();
}

option_list read_options(reader& in) {
    option_list out;
    while (in.left() > 0) {
        auto const code = in.u8();
        in.skip(1);
        auto const length = in.u16();
        reader data(in.take(length));
        in.skip(padding(length));
        if (in.overrun()) {
            out.sound = false;
            return out;
        }
        auto read = read_data(code, data);
        if (!read || data.overrun() || data.left() > 0) {
            out.sound = false;
            return out;
        }
        out.options.push_back(*std::move(read));
    }
    return out;
}

} // namespace pmp::wire::pcp
