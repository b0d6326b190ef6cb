// SPDX-License-Identifier: MIT
#include "daemon/table.hpp"

#include "events.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(table)

using namespace std::chrono_literals;

namespace {

constexpr pmp::time_point now{1h};

pmp::standing held_ssh() {
    pmp::standing out;
    out.mapping.name = "ssh";
    out.mapping.internal.port = 22;
    out.state = pmp::lease_state::held;
    out.lease = daemon_test::ssh_lease();
    out.lease->expires = now + 3541s;
    return out;
}

pmp::standing refused_web() {
    pmp::standing out;
    out.mapping.name = "büro-web";
    out.mapping.protocol = pmp::transport::udp;
    out.mapping.internal.port = 443;
    out.state = pmp::lease_state::waiting;
    out.error = pmp::pcp_result::no_resources;
    out.retry_at = now + 30s;
    return out;
}

std::string joined(std::vector<std::string> const& lines) {
    std::string out;
    for (auto const& each : lines) {
        out += each + "\n";
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(aligns_its_columns) {
    std::string const expected =
        "MAPPING   STATE    PROTOCOL  INTERNAL        EXTERNAL           LIFETIME  REMAINING  VIA  "
        "GATEWAY  ERROR\n"
        "ssh       held     tcp       192.168.1.5:22  198.51.101.7:2222  1h        59m1s      pcp  "
        "default  -\n"
        "büro-web  waiting  udp       :443            -                  -         -          -    "
        "default  the gateway has no room for another mapping at present (pcp NO_RESOURCES 8), "
        "asked again in 30 s\n";

    BOOST_TEST(joined(pmpd::table({held_ssh(), refused_web()}, now)) == expected);
}

BOOST_AUTO_TEST_CASE(shows_no_end_of_what_does_not_end) {
    auto endless = held_ssh();
    endless.lease->permanent = true;

    auto const lines = pmpd::table({endless}, now);

    BOOST_TEST(lines.at(1).find("permanent  -  ") != std::string::npos, lines.at(1));
}

BOOST_AUTO_TEST_CASE(of_nothing_is_its_heading) {
    BOOST_TEST(
        joined(pmpd::table({}, now)) ==
        "MAPPING  STATE  PROTOCOL  INTERNAL  EXTERNAL  LIFETIME  REMAINING  VIA  GATEWAY  ERROR\n"
    );
}

BOOST_AUTO_TEST_CASE(shows_nothing_remaining_of_a_lease_that_has_run_out) {
    auto ran_out = held_ssh();
    ran_out.lease->expires = now - 5s;

    auto const lines = pmpd::table({ran_out}, now);

    BOOST_TEST(lines.at(1).find(" 0s ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
