// SPDX-License-Identifier: MIT
#include "daemon/narrate_packet.hpp"

#include <spdlog/fmt/fmt.h>

namespace pmpd {

namespace {

/// Its port, where that is known.
std::string to_words(pmp::endpoint const& e) {
    return e.port != 0 ? to_string(e) : e.address.to_string();
}

std::string result_words(pmp::error_code result) {
    if (!result.failed()) {
        return "success";
    }
    auto const known = pmp::result_name(result);
    return known != result.category().name() ? std::string(known) : result.message();
}

} // namespace

log_line narrate(pmp::packet const& p) {
    auto const is_sent = p.direction == pmp::packet_direction::sent;
    auto const* const verb = is_sent ? "sent" : "received";
    auto const what = p.opcode.empty() ? std::string("something unreadable") : p.opcode;
    auto const& other = is_sent ? p.destination : p.source;
    log_line out{log_level::trace, {}, {}};
    out.message = fmt::format("{} {} {} {}", verb, what, is_sent ? "to" : "from", to_words(other));
    if (!p.subject.empty()) {
        out.message += ": " + p.subject;
    }
    out.fields = {{"direction", verb, true}, {"opcode", what, true}, {"subject", p.subject, true}};
    if (!p.protocol.empty()) {
        out.fields.push_back({"via", std::string(p.protocol)});
    }
    if (!p.gateway.empty()) {
        out.fields.push_back({"gateway", p.gateway});
    }
    if (p.result) {
        out.fields.push_back({"result", result_words(*p.result)});
    }
    if (p.lifetime) {
        out.fields.push_back({"lifetime", std::int64_t{p.lifetime->count()}});
    }
    out.fields.push_back({"octets", static_cast<std::int64_t>(p.size)});
    out.fields.push_back({"source", to_words(p.source), !is_sent});
    if (!p.destination.address.is_unspecified()) {
        out.fields.push_back({"destination", to_words(p.destination), is_sent});
    }
    return out;
}

} // namespace pmpd
