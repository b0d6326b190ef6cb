// SPDX-License-Identifier: MIT
#include "daemon/narrate_notice.hpp"

#include <spdlog/fmt/fmt.h>

namespace pmpd {

namespace {

using pmp::notice_kind;

/// The gateways of both families may have one name.
std::string subject_of(pmp::notice const& n) {
    return n.family == pmp::address_family::ipv6 ? n.subject + " over IPv6" : n.subject;
}

std::string missing(pmp::notice const& n) {
    auto why = n.error.message();
    auto const subject = subject_of(n);
    switch (n.kind) {
    case notice_kind::no_routes:
        return fmt::format("changes of the network may be noticed late: {}", why);
    case notice_kind::no_gateway:
        if (n.error == boost::system::errc::no_such_device) {
            return fmt::format(
                "gateway {} waits for its interface: there is none of that name", subject
            );
        }
        return fmt::format("no route leads to gateway {} ({}): waiting for one", subject, why);
    case notice_kind::no_socket:
        return fmt::format(
            "no socket can be opened towards gateway {}: {}; trying again", subject, why
        );
    case notice_kind::interface_not_kept:
        return fmt::format(
            "requests to gateway {} may leave by another interface: {}", subject, why
        );
    case notice_kind::not_sent:
        return fmt::format("requests to gateway {} can't be sent: {}", subject, why);
    case notice_kind::no_announcements:
        return fmt::format(
            "announcements on {} can't be heard: {}; that a gateway restarted is noticed at the "
            "next renewal only",
            subject,
            why
        );
    }
    return why;
}

std::string there_again(pmp::notice const& n) {
    auto subject = subject_of(n);
    switch (n.kind) {
    case notice_kind::no_routes: return "changes of the network are noticed at once again";
    case notice_kind::no_gateway: return fmt::format("a route leads to gateway {} now", subject);
    case notice_kind::no_socket:
        return fmt::format("the socket towards gateway {} is open now", subject);
    case notice_kind::interface_not_kept:
        return fmt::format("requests to gateway {} leave by their interface now", subject);
    case notice_kind::not_sent:
        return fmt::format("requests to gateway {} are sent again", subject);
    case notice_kind::no_announcements:
        return fmt::format("announcements on {} are heard now", subject);
    }
    return subject;
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
