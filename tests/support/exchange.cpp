// SPDX-License-Identifier: MIT
#include "support/exchange.hpp"

#include <pmp/error.hpp>

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <locale>

namespace pmp::test {

namespace {

/// One word: `NO_RESOURCES`, `OUT_OF_RESOURCES`, `RESULT_99`.
std::string result_text(dialect_id dialect, std::uint16_t result) {
    if (dialect == dialect_id::igd) {
        return result == 0 ? "SUCCESS" : std::to_string(result);
    }
    auto const code = dialect == dialect_id::pcp
                          ? make_error_code(static_cast<pcp_result>(result))
                          : make_error_code(static_cast<nat_pmp_result>(result));
    std::string name(result_name(code));
    if (name == code.category().name()) {
        return "RESULT_" + std::to_string(result);
    }
    boost::algorithm::to_upper(name, std::locale::classic());
    std::replace(name.begin(), name.end(), ' ', '_');
    return name;
}

/// UPnP names a mapping by its external port.
std::string port_text(exchange const& seen) {
    return protocol_name(seen.protocol) + " " + std::to_string(seen.suggested.port);
}

std::string request_text(exchange const& seen) {
    auto const mapping = protocol_name(seen.protocol) + " " + to_string(seen.internal);
    switch (seen.kind) {
    case request_kind::address: return "address";
    case request_kind::map:
        return "map " + mapping + " suggested " + to_string(seen.suggested) + " lifetime " +
               std::to_string(seen.lifetime);
    case request_kind::remove:
        return "delete " + (seen.via == dialect_id::igd ? port_text(seen) : mapping);
    case request_kind::remove_all: return "delete-all " + protocol_name(seen.protocol);
    case request_kind::announce: return "announce";
    case request_kind::search: return "search";
    case request_kind::describe: return "description";
    case request_kind::status: return "status";
    case request_kind::look: return "look " + port_text(seen);
    case request_kind::subscribe: return "subscribe";
    case request_kind::unsubscribe: return "unsubscribe";
    case request_kind::other: return "unknown";
    }
    return {};
}

std::string answer_text(exchange const& seen) {
    if (!seen.answered_by) {
        return "dropped";
    }
    auto text = result_text(*seen.answered_by, seen.result);
    if (seen.result == 0 && seen.kind == request_kind::map) {
        text += " " + to_string(seen.assigned);
    }
    if (seen.result == 0 && seen.kind == request_kind::address) {
        text += " " + seen.assigned.address.to_string();
    }
    if (seen.granted != 0) {
        text += " lifetime " + std::to_string(seen.granted);
    }
    return seen.via == dialect_id::igd ? text : text + " epoch " + std::to_string(seen.epoch);
}

} // namespace

std::string to_hex(wire::pcp::nonce const& nonce) {
    constexpr auto const* digits = "0123456789abcdef";
    std::string text;
    for (auto const octet : nonce) {
        auto const value = std::to_integer<unsigned>(octet);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

std::string protocol_name(std::uint8_t number) {
    switch (static_cast<transport>(number)) {
    case transport::tcp: return "tcp";
    case transport::udp: return "udp";
    }
    return std::to_string(number);
}

std::string to_string(exchange const& seen) {
    auto text = to_string(seen.client) + " ";
    text += seen.via ? std::string(to_string(*seen.via)) : "other";
    text += " " + request_text(seen);
    if (seen.nonce) {
        text += " nonce " + to_hex(*seen.nonce);
    }
    return text + " -> " + answer_text(seen);
}

} // namespace pmp::test
