// SPDX-License-Identifier: MIT
#include "wire/pcp_rules.hpp"

#include "wire/pcp_options.hpp"

#include <pmp/network.hpp>

#include <algorithm>
#include <array>

namespace pmp::wire::pcp {

namespace {

constexpr std::uint8_t udp = 17;
/// 7.3: codes from here on are optional to process.
constexpr std::uint8_t first_optional_code = 128;
/// 13.3, erratum 3891: IPv4 prefixes lie inside ::ffff:0:0/96.
constexpr std::uint8_t ipv4_prefix_base = 96;
constexpr std::uint8_t longest_prefix = 128;

/// Where an option may stand, and whether more than once.
struct placement {
    option_code code;
    std::array<bool, 3> opcodes; // announce, map, peer
    bool repeats = false;
};

constexpr std::array<placement, 8> placements = {{
    {option_code::third_party, {false, true, true}},
    {option_code::prefer_failure, {false, true, false}},
    {option_code::filter, {false, true, false}, true},
    {option_code::third_party_id, {false, true, true}},
    {option_code::description, {false, true, true}},
    {option_code::prefix64, {true, true, false}},
    {option_code::port_set, {false, true, false}},
    {option_code::checkpoint_required, {false, true, true}},
}};

template <class Option>
bool has(request const& r) {
    return std::any_of(r.options.begin(), r.options.end(), [](option const& o) {
        return std::holds_alternative<Option>(o);
    });
}

/// Checks one option that is where it may stand.
struct value_check {
    request const& r;

    std::optional<breach> operator()(third_party const& o) const {
        return check(o.internal != r.client, {fault::bad_value, pcp_result::malformed_request});
    }
    std::optional<breach> operator()(prefer_failure const&) const {
        return check(r.lifetime != 0 && map().external.port != 0);
    }
    std::optional<breach> operator()(filter const& o) const {
        return check(r.lifetime != 0 && is_valid(o));
    }
    std::optional<breach> operator()(description const& o) const {
        return check(o.text.size() <= longest_text, {fault::bad_option});
    }
    // RFC 7225 4.3: a request asks with ::/96 and an empty list.
    std::optional<breach> operator()(prefix64 const& o) const { return check(o == prefix64{}); }
    std::optional<breach> operator()(port_set const& o) const {
        if (has<prefer_failure>(r)) {
            return breach{fault::bad_option};
        }
        return check(o.size != 0 && o.first_internal_port == map().internal_port);
    }
    std::optional<breach> operator()(third_party_id const& o) const {
        if (!has<third_party>(r)) {
            return breach{fault::bad_option, pcp_result::third_party_missing_option};
        }
        return check(o.id.size() <= longest_text, {fault::bad_option});
    }
    std::optional<breach> operator()(checkpoint_required const&) const { return std::nullopt; }
    std::optional<breach> operator()(other_option const&) const { return std::nullopt; }

private:
    map_body const& map() const { return std::get<map_body>(r.body); }

    static std::optional<breach> check(bool holds, breach otherwise = {}) {
        return holds ? std::nullopt : std::optional(otherwise);
    }

    static bool is_valid(filter const& f) {
        if (f.prefix_length == 0) {
            return f == filter{};
        }
        auto const shortest = f.remote.is_v4() ? ipv4_prefix_base : std::uint8_t{1};
        return f.prefix_length >= shortest && f.prefix_length <= longest_prefix;
    }
};

} // namespace

std::optional<breach> find_body_breach(request const& r) {
    auto broken = false;
    if (auto const* map = std::get_if<map_body>(&r.body)) {
        broken = map->protocol == 0 && map->internal_port != 0;
    } else if (auto const* peer = std::get_if<peer_body>(&r.body)) {
        broken = peer->protocol == 0 || peer->internal_port == 0 || peer->remote.port == 0;
    }
    return broken ? std::optional(breach{fault::bad_value, pcp_result::malformed_request})
                  : std::nullopt;
}

std::optional<breach> find_option_breach(request const& r) {
    // The opcodes with rules are the first alternatives of `body`, in the order of the table.
    auto const opcode = r.body.index();
    std::vector<std::uint8_t> seen;
    for (auto const& o : r.options) {
        auto const code = code_of(o);
        auto const* const rule =
            std::find_if(placements.begin(), placements.end(), [code](placement const& p) {
                return static_cast<std::uint8_t>(p.code) == code;
            });
        if (rule == placements.end() || opcode >= rule->opcodes.size()) {
            continue;
        }
        if (!rule->opcodes.at(opcode)) {
            return breach{fault::bad_option, pcp_result::malformed_request};
        }
        if (!rule->repeats && std::count(seen.begin(), seen.end(), code) > 0) {
            return breach{fault::bad_option};
        }
        seen.push_back(code);
        if (auto const found = std::visit(value_check{r}, o)) {
            return found;
        }
    }
    return std::nullopt;
}

bool is_improper(request const& r) {
    auto const* const map = std::get_if<map_body>(&r.body);
    auto const is_gateway_port =
        map != nullptr && map->protocol == udp &&
        (map->external.port == gateway_port || map->external.port == announcement_port);
    return is_gateway_port || std::any_of(r.options.begin(), r.options.end(), [](option const& o) {
               auto const* const f = std::get_if<filter>(&o);
               return f != nullptr && f->remote.is_v4() && f->prefix_length == ipv4_prefix_base;
           });
}

bool is_unsupported(option const& o) {
    auto const* const other = std::get_if<other_option>(&o);
    return other != nullptr && other->code < first_optional_code;
}

} // namespace pmp::wire::pcp
