// SPDX-License-Identifier: MIT
#include "daemon/narrate_left_open.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(narrate_left_open)

namespace {

pmp::ip_address ip(char const* text) {
    return boost::asio::ip::make_address(text);
}

/// A permanent lease by UPnP, at the gateway `vpn` 10.2.0.1.
pmp::memory known() {
    pmp::remembered_lease lease;
    lease.mapping = "ssh";
    lease.gateway = "vpn";
    lease.gateway_address = ip("10.2.0.1");
    lease.via = pmp::dialect_id::igd;
    lease.assigned = {ip("203.0.113.7"), 2222};
    lease.permanent = true;
    return {{}, {lease}, {}};
}

pmp::gateway_settings gateway(char const* name, std::optional<pmp::ip_address> address) {
    pmp::gateway_settings out;
    out.name = name;
    out.address = address;
    return out;
}

std::vector<pmpd::log_line>
told(pmp::memory const& memory, std::vector<pmp::gateway_settings> const& all) {
    return pmpd::narrate_stranded(memory, all);
}

} // namespace

BOOST_AUTO_TEST_CASE(tells_what_stays_at_a_gateway_that_is_not_configured) {
    auto const lines = told(known(), {gateway("default", {})});

    BOOST_TEST_REQUIRE(lines.size() == 1U);
    BOOST_TEST((lines[0].level == pmpd::log_level::warn));
    BOOST_TEST(
        to_text(lines[0]) ==
        "tcp 203.0.113.7:2222 stays open for ssh at gateway vpn 10.2.0.1: it does not end by "
        "itself, and that gateway is not configured; pmpd deletes it once that gateway is "
        "configured with upnp, or delete it in the gateway's own settings"
    );
}

BOOST_AUTO_TEST_CASE(tells_what_stays_where_upnp_is_left_out) {
    auto vpn = gateway("vpn", ip("10.2.0.1"));
    vpn.protocols = {pmp::dialect_id::pcp};

    auto const lines = told(known(), {gateway("default", {}), vpn});

    BOOST_TEST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(
        lines[0].message.find("the protocols of that gateway leave out upnp") != std::string::npos,
        lines[0].message
    );
}

BOOST_AUTO_TEST_CASE(tells_nothing_of_what_can_be_deleted) {
    BOOST_TEST(told(known(), {gateway("vpn", ip("10.2.0.1"))}).empty());
    BOOST_TEST(told(known(), {gateway("home", ip("10.2.0.1"))}).empty());
    BOOST_TEST(told(known(), {gateway("vpn", {})}).empty());
}

BOOST_AUTO_TEST_CASE(tells_nothing_of_what_ends_by_itself) {
    auto ends = known();
    ends.leases[0].permanent = false;
    BOOST_TEST(told(ends, {gateway("default", {})}).empty());
    auto by_pcp = known();
    by_pcp.leases[0].via = pmp::dialect_id::pcp;
    BOOST_TEST(told(by_pcp, {gateway("default", {})}).empty());
}

BOOST_AUTO_TEST_CASE(tells_at_the_end_what_was_not_confirmed_and_not_what_was_refused) {
    pmp::standing row;
    row.mapping.name = "ssh";
    row.state = pmp::lease_state::releasing;
    row.lease.emplace();
    auto refused = row;
    refused.retry_at = pmp::time_point(std::chrono::hours(1));

    auto const line = pmpd::narrate_unreleased({row, refused}, {});

    BOOST_TEST_REQUIRE(line.has_value());
    BOOST_TEST(line->message.find("the release of 1 mapping was not") == 0U, line->message);
    BOOST_TEST(!pmpd::narrate_unreleased({refused}, {}));
}

BOOST_AUTO_TEST_SUITE_END()
