// SPDX-License-Identifier: MIT
#include "daemon/narrate_notice.hpp"

#include <spdlog/fmt/fmt.h>

namespace pmpd {

namespace {

using pmp::notice_kind;

std::string missing(pmp::notice const& n) {
    auto why = n.error.message();
    switch (n.kind) {
    case notice_kind::no_routes:
        return fmt::format("changes of the network may be noticed late: {}", why);
    case notice_kind::no_gateway:
        return fmt::format("no route leads to gateway {} ({}): waiting for one", n.subject, why);
    case notice_kind::no_socket:
        return fmt::format(
            "no socket can be opened towards gateway {}: {}; trying again", n.subject, why
        );
    case notice_kind::interface_not_kept:
        return fmt::format(
            "requests to gateway {} may leave by another interface: {}", n.subject, why
        );
    case notice_kind::not_sent:
        return fmt::format("requests to gateway {} can't be sent: {}", n.subject, why);
    case notice_kind::no_announcements:
        return fmt::format(
            "announcements on {} can't be heard: {}; that a gateway restarted is noticed at the "
            "next renewal only",
            n.subject,
            why
        );
    }
    return why;
}

std::string there_again(pmp::notice const& n) {
    switch (n.kind) {
    case notice_kind::no_routes: return "changes of the network are noticed at once again";
    case notice_kind::no_gateway: return fmt::format("a route leads to gateway {} now", n.subject);
    case notice_kind::no_socket:
        return fmt::format("the socket towards gateway {} is open now", n.subject);
    case notice_kind::interface_not_kept:
        return fmt::format("requests to gateway {} leave by their interface now", n.subject);
    case notice_kind::not_sent:
        return fmt::format("requests to gateway {} are sent again", n.subject);
    case notice_kind::no_announcements:
        return fmt::format("announcements on {} are heard now", n.subject);
    }
    return n.subject;
}

} // namespace

log_line narrate(pmp::notice const& n) {
    log_line out;
    out.level = n.error.failed() ? log_level::warn : log_level::info;
    out.message = n.error.failed() ? missing(n) : there_again(n);
    out.fields.push_back({"notice", std::string(to_string(n.kind)), true});
    if (!n.subject.empty()) {
        auto const is_interface = n.kind == notice_kind::no_announcements;
        out.fields.push_back({is_interface ? "interface" : "gateway", n.subject});
    }
    if (n.error.failed()) {
        out.fields.push_back({"error", n.error.message(), true});
    }
    return out;
}

} // namespace pmpd
