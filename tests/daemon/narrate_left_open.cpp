// SPDX-License-Identifier: MIT
#include "daemon/narrate_left_open.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(narrate_left_open)

namespace {

constexpr pmp::time_point noon{std::chrono::hours(12)};

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

using gateway_list = std::vector<pmp::gateway_settings>;

std::vector<pmpd::log_line> told(pmp::memory const& memory, gateway_list const& all) {
    return pmpd::narrate_stranded(memory, all, noon);
}

std::vector<pmpd::log_line>
left(pmp::memory const& memory, gateway_list const& all, std::set<std::string> const& told = {}) {
    return pmpd::narrate_undeleted(memory, all, told, noon);
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

BOOST_AUTO_TEST_CASE(tells_when_it_ends_by_itself) {
    auto ends = known();
    ends.leases[0].permanent = false;
    ends.leases[0].expires = noon + std::chrono::minutes(58);

    auto const lines = told(ends, {gateway("default", {})});

    BOOST_TEST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(
        to_text(lines[0]).find(
            "stays open for ssh at gateway vpn 10.2.0.1: it ends in 58 min, and that gateway is not"
        ) != std::string::npos,
        lines[0].message
    );
}

BOOST_AUTO_TEST_CASE(tells_nothing_of_what_has_ended_or_was_not_made_by_upnp) {
    auto ended = known();
    ended.leases[0].permanent = false;
    ended.leases[0].expires = noon;
    BOOST_TEST(told(ended, {gateway("default", {})}).empty());
    BOOST_TEST(left(ended, {gateway("vpn", {})}).empty());
    auto by_pcp = known();
    by_pcp.leases[0].via = pmp::dialect_id::pcp;
    BOOST_TEST(told(by_pcp, {gateway("default", {})}).empty());
    BOOST_TEST(left(by_pcp, {gateway("vpn", {})}).empty());
}

BOOST_AUTO_TEST_CASE(tells_at_the_end_what_may_stay_open) {
    auto const lines = left(known(), {gateway("vpn", {})});

    BOOST_TEST_REQUIRE(lines.size() == 1U);
    BOOST_TEST((lines[0].level == pmpd::log_level::warn));
    BOOST_TEST(
        to_text(lines[0]) ==
        "tcp 203.0.113.7:2222 may stay open for ssh at gateway vpn 10.2.0.1: its deletion was not "
        "confirmed, and it does not end by itself; the next start of pmpd deletes it, or delete it "
        "in the gateway's own settings"
    );
}

BOOST_AUTO_TEST_CASE(tells_at_the_end_what_the_next_start_can_not_delete) {
    auto const lines = left(known(), {gateway("default", {})});

    BOOST_TEST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(
        lines[0].message.find("that gateway is not configured; pmpd deletes it once") !=
            std::string::npos,
        lines[0].message
    );
}

BOOST_AUTO_TEST_CASE(tells_at_the_end_nothing_twice) {
    BOOST_TEST(left(known(), {gateway("vpn", {})}, {"ssh"}).empty());
    BOOST_TEST(left(known(), {gateway("vpn", {})}, {"web"}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(tells_at_the_end_what_was_not_confirmed_and_not_what_was_refused) {
    pmp::standing row;
    row.mapping.name = "ssh";
    row.state = pmp::lease_state::releasing;
    row.lease.emplace();
    auto refused = row;
    refused.mapping.name = "web";
    refused.retry_at = noon;

    auto const names = pmpd::unreleased({row, refused}, {});

    BOOST_TEST((names == std::vector<std::string>{"ssh"}));
    auto const line = pmpd::narrate_unreleased(names);
    BOOST_TEST(line.message.find("the release of 1 mapping was not") == 0U, line.message);
}

BOOST_AUTO_TEST_SUITE_END()
