// SPDX-License-Identifier: MIT
#include "daemon/narrate_notice.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(narrate_notice)

using pmp::notice_kind;

namespace {

std::string told(notice_kind kind, std::string const& subject, pmp::error_code error) {
    auto const line = pmpd::narrate(pmp::notice{kind, subject, error});
    return std::string(pmpd::to_string(line.level)) + " " + to_text(line);
}

pmp::error_code const unreachable =
    boost::system::errc::make_error_code(boost::system::errc::network_unreachable);

} // namespace

BOOST_AUTO_TEST_CASE(tells_that_no_route_leads_to_a_gateway) {
    BOOST_TEST(
        told(notice_kind::no_gateway, "default", unreachable) ==
        "warn no route leads to gateway default (Network is unreachable): waiting for one "
        "gateway=default"
    );
    BOOST_TEST(
        told(notice_kind::no_gateway, "default", {}) ==
        "info a route leads to gateway default now gateway=default"
    );
}

BOOST_AUTO_TEST_CASE(tells_that_the_interface_to_a_gateway_is_not_there) {
    auto const no_device = make_error_code(boost::system::errc::no_such_device);

    BOOST_TEST(
        told(notice_kind::no_gateway, "vpn", no_device) ==
        "warn gateway vpn waits for its interface: there is none of that name gateway=vpn"
    );
}

BOOST_AUTO_TEST_CASE(tells_that_announcements_are_not_heard) {
    BOOST_TEST(
        told(notice_kind::no_announcements, "eth0", unreachable) ==
        "warn announcements on eth0 can't be heard: Network is unreachable; that a gateway "
        "restarted is noticed at the next renewal only interface=eth0"
    );
    BOOST_TEST(
        told(notice_kind::no_announcements, "eth0", {}) ==
        "info announcements on eth0 are heard now interface=eth0"
    );
}

BOOST_AUTO_TEST_CASE(tells_what_concerns_no_gateway_in_particular) {
    BOOST_TEST(
        told(notice_kind::no_routes, "", unreachable) ==
        "warn changes of the network may be noticed late: Network is unreachable"
    );
}

BOOST_AUTO_TEST_CASE(tells_each_loss_with_its_reason_and_each_return_without) {
    for (auto const kind :
         {notice_kind::no_routes,
          notice_kind::no_gateway,
          notice_kind::no_socket,
          notice_kind::interface_not_kept,
          notice_kind::not_sent,
          notice_kind::no_announcements}) {
        auto const loss = pmpd::narrate(pmp::notice{kind, "x", unreachable});
        auto const back = pmpd::narrate(pmp::notice{kind, "x", {}});

        BOOST_TEST((loss.level == pmpd::log_level::warn));
        BOOST_TEST(loss.message.find("Network is unreachable") != std::string::npos);
        BOOST_TEST((back.level == pmpd::log_level::info));
        BOOST_TEST(back.message.find("unreachable") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(in_json_names_the_notice) {
    auto const line = pmpd::narrate(pmp::notice{notice_kind::no_socket, "vpn", unreachable});

    auto const json = to_json(line, {});

    BOOST_TEST(
        json.substr(json.find("\"notice\"")) ==
        R"("notice":"no socket","gateway":"vpn","error":"Network is unreachable"})"
    );
}

BOOST_AUTO_TEST_SUITE_END()
