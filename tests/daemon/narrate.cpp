// SPDX-License-Identifier: MIT
#include "daemon/narrate.hpp"

#include "events.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(narrate)

using namespace daemon_test;
using namespace std::chrono_literals;
using pmp::event_kind;

namespace {

std::vector<pmp::dialect_id> const both = {pmp::dialect_id::pcp, pmp::dialect_id::nat_pmp};

std::string told(pmpd::log_line const& line) {
    return std::string(pmpd::to_string(line.level)) + " " + to_text(line);
}

std::string told(pmp::event const& e) {
    return told(pmpd::narrate(e, both));
}

/// Without the members that every line has.
std::string as_json(pmpd::log_line line) {
    line.message = "...";
    auto const text = to_json(line, {});
    return "{" + text.substr(text.find("\"...\",") + 6);
}

std::string as_json(pmp::event const& e) {
    return as_json(pmpd::narrate(e, both));
}

pmp::ip_address ip(char const* text) {
    return boost::asio::ip::make_address(text);
}

} // namespace

BOOST_AUTO_TEST_CASE(tells_acquired) {
    auto const e = ssh_event_with_lease(event_kind::acquired);

    BOOST_TEST(
        told(e) == "info acquired ssh: tcp 198.51.101.7:2222 -> 192.168.1.5:22 "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"acquired","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_address":"198.51.101.7","external_port":2222,"via":"pcp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600})"
    );
}

BOOST_AUTO_TEST_CASE(tells_what_is_wrong_with_a_gateway_that_is_not_silent) {
    auto e = gateway_event(event_kind::gateway_silent);
    e.error = pmp::fault::no_http;

    BOOST_TEST(
        told(e).find(
            "does not answer usably: the gateway's HTTP server does not answer, or breaks off"
        ) != std::string::npos,
        told(e)
    );
}

BOOST_AUTO_TEST_CASE(does_not_say_that_nat_pmp_was_asked_of_ipv6) {
    auto e = gateway_event(event_kind::gateway_silent);
    e.gateway_address = ip("fe80::1");

    BOOST_TEST(told(e).find("nat-pmp") == std::string::npos, told(e));
    BOOST_TEST(told(e).find("pcp") != std::string::npos, told(e));
}

BOOST_AUTO_TEST_CASE(tells_that_a_lease_is_permanent) {
    auto e = ssh_event_with_lease(event_kind::acquired);
    e.lease->permanent = true;

    BOOST_TEST(told(e).ends_with(" gateway=default lifetime=permanent"), told(e));

    e.kind = event_kind::released;
    e.error = pmp::fault::gateway_silent;
    BOOST_TEST(told(e).find("may stay open until it is deleted") != std::string::npos, told(e));
}

BOOST_AUTO_TEST_CASE(tells_why_no_gateway_had_to_be_asked) {
    auto e = ssh_event_with_lease(event_kind::acquired);
    e.lease->via = pmp::dialect_id::direct;

    BOOST_TEST(
        told(e).find("no gateway answers or is needed, this host's own address is a public one") !=
            std::string::npos,
        told(e)
    );
    BOOST_TEST(told(e).find("lifetime=") == std::string::npos, told(e));

    e.lease->internal.address = ip("2001:db8::5");
    BOOST_TEST(
        told(e).find("nothing had to be opened, the gateway's firewall lets it in") !=
            std::string::npos,
        told(e)
    );
}

BOOST_AUTO_TEST_CASE(warns_of_a_lease_that_lets_in_all) {
    auto e = ssh_event_with_lease(event_kind::acquired);
    e.error = pmp::fault::no_filter;

    BOOST_TEST(told(e).starts_with(
        "warn acquired ssh: tcp 198.51.101.7:2222 -> 192.168.1.5:22; anybody is let in, as "
        "allow_unfiltered says: "
    ));
}

BOOST_AUTO_TEST_CASE(tells_acquired_without_an_external_address) {
    auto e = ssh_event_with_lease(event_kind::acquired);
    e.lease->assigned.address = pmp::ip_address();

    BOOST_TEST(
        told(e) == "info acquired ssh: tcp :2222 -> 192.168.1.5:22 "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"acquired","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_port":2222,"via":"pcp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600})"
    );
}

BOOST_AUTO_TEST_CASE(tells_renewed_as_routine) {
    auto e = ssh_event_with_lease(event_kind::renewed);
    e.via = e.lease->via = pmp::dialect_id::nat_pmp;

    BOOST_TEST(
        told(e) == "debug renewed ssh: tcp 198.51.101.7:2222 -> 192.168.1.5:22 "
                   "mapping=ssh via=nat-pmp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"renewed","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_address":"198.51.101.7","external_port":2222,)"
        R"("via":"nat-pmp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600})"
    );
}

BOOST_AUTO_TEST_CASE(tells_what_was_made_again) {
    auto e = ssh_event_with_lease(event_kind::renewed);
    e.recovered = true;

    BOOST_TEST(
        told(e) == "info made again ssh, which was gone from the gateway: "
                   "tcp 198.51.101.7:2222 -> 192.168.1.5:22 "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
}

BOOST_AUTO_TEST_CASE(tells_changed_with_what_was) {
    auto e = ssh_event_with_lease(event_kind::changed);
    e.was = {ip("198.51.101.7"), 2200};

    BOOST_TEST(
        told(e) == "info changed ssh: tcp 198.51.101.7:2222 (was :2200) "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"changed","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_address":"198.51.101.7","external_port":2222,)"
        R"("old_external_address":"198.51.101.7","old_external_port":2200,"via":"pcp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600})"
    );
}

BOOST_AUTO_TEST_CASE(tells_changed_with_both_addresses_where_they_differ) {
    auto e = ssh_event_with_lease(event_kind::changed);
    e.was = {ip("198.51.101.6"), 2222};

    BOOST_TEST(
        told(e) == "info changed ssh: tcp 198.51.101.7:2222 (was 198.51.101.6:2222) "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
}

BOOST_AUTO_TEST_CASE(tells_lost_by_expiry) {
    auto e = ssh_event_with_lease(event_kind::lost);
    e.reason = pmp::lost_reason::expired;

    BOOST_TEST(
        told(e) == "warn lost ssh: the lease expired before it was renewed, "
                   "tcp 198.51.101.7:2222 is closed "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"lost","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_address":"198.51.101.7","external_port":2222,"via":"pcp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600,)"
        R"("reason":"expired"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_lost_because_the_gateway_revoked_it) {
    auto e = ssh_event_with_lease(event_kind::lost);
    e.reason = pmp::lost_reason::revoked;
    e.error = pmp::pcp_result::not_authorized;
    e.retry_after = 30min;

    BOOST_TEST(
        told(e) == "warn lost ssh: the gateway revoked the lease: the gateway's policy forbids it, "
                   "or another client holds the mapping (pcp NOT_AUTHORIZED 2), "
                   "tcp 198.51.101.7:2222 is closed, asked again in 30 min "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"lost","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_address":"198.51.101.7","external_port":2222,"via":"pcp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600,)"
        R"("reason":"revoked","error_category":"pcp","error_code":2,)"
        R"("error_name":"NOT_AUTHORIZED","retry_in":1800})"
    );
}

BOOST_AUTO_TEST_CASE(tells_lost_with_its_gateway) {
    auto e = ssh_event_with_lease(event_kind::lost);
    e.reason = pmp::lost_reason::gateway;

    BOOST_TEST(
        told(e) == "warn lost ssh: its gateway is gone, tcp 198.51.101.7:2222 is closed "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
}

BOOST_AUTO_TEST_CASE(tells_lost_with_an_address_of_this_host) {
    auto e = ssh_event_with_lease(event_kind::lost);
    e.reason = pmp::lost_reason::address;

    BOOST_TEST(
        told(e) == "info lost ssh: this host's address has changed, "
                   "tcp 198.51.101.7:2222 is given up for the new one "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
}

BOOST_AUTO_TEST_CASE(tells_a_refusal_that_may_pass_as_a_warning) {
    auto e = ssh_event(event_kind::refused);
    e.error = pmp::pcp_result::no_resources;
    e.retry_after = 30s;

    BOOST_TEST(
        told(e) == "warn refused ssh: the gateway has no room for another mapping at present "
                   "(pcp NO_RESOURCES 8), asked again in 30 s "
                   "mapping=ssh via=pcp gateway=default"
    );
    BOOST_TEST(
        as_json(e) == R"({"event":"refused","mapping":"ssh","via":"pcp","gateway":"default",)"
                      R"("gateway_address":"192.168.1.1","error_category":"pcp","error_code":8,)"
                      R"("error_name":"NO_RESOURCES","retry_in":30})"
    );
}

BOOST_AUTO_TEST_CASE(tells_a_refusal_that_somebody_has_to_act_on_as_an_error) {
    auto e = ssh_event(event_kind::refused);
    e.via = pmp::dialect_id::nat_pmp;
    e.error = pmp::nat_pmp_result::not_authorized;
    e.retry_after = 30min;

    BOOST_TEST(
        told(e) == "error refused ssh: port mapping is switched off in the gateway, or its "
                   "administrator holds the mapping (nat-pmp Not Authorized/Refused 2), "
                   "asked again in 30 min mapping=ssh via=nat-pmp gateway=default"
    );
}

BOOST_AUTO_TEST_CASE(tells_released) {
    auto const e = ssh_event_with_lease(event_kind::released);

    BOOST_TEST(
        told(e) == "info released ssh: tcp 198.51.101.7:2222 -> 192.168.1.5:22 "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"released","mapping":"ssh","protocol":"tcp","internal_address":"192.168.1.5",)"
        R"("internal_port":22,"external_address":"198.51.101.7","external_port":2222,"via":"pcp",)"
        R"("gateway":"default","gateway_address":"192.168.1.1","lifetime":3600})"
    );
}

BOOST_AUTO_TEST_CASE(tells_released_without_confirmation_as_a_warning) {
    auto e = ssh_event_with_lease(event_kind::released);
    e.error = pmp::fault::gateway_silent;

    BOOST_TEST(
        told(e) == "warn released ssh without confirmation: the gateway does not answer; "
                   "tcp 198.51.101.7:2222 may stay open until its lease expires "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
    e.retry_after = std::chrono::seconds(60);
    BOOST_TEST(
        told(e) == "warn released ssh without confirmation: the gateway does not answer; "
                   "tcp 198.51.101.7:2222 may stay open until its lease expires, "
                   "and its deletion is tried again "
                   "mapping=ssh via=pcp gateway=default lifetime=3600"
    );
}

BOOST_AUTO_TEST_CASE(tells_gateway_found) {
    auto e = gateway_event(event_kind::gateway_found);
    e.external_address = ip("198.51.101.7");

    BOOST_TEST(
        told(e) == "info gateway default 192.168.1.1 answers by pcp, "
                   "its external address is 198.51.101.7 via=pcp gateway=default"
    );
    BOOST_TEST(
        as_json(e) == R"({"event":"gateway_found","external_address":"198.51.101.7","via":"pcp",)"
                      R"("gateway":"default","gateway_address":"192.168.1.1"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_gateway_found_that_hides_its_external_address) {
    auto e = gateway_event(event_kind::gateway_found);
    e.via = pmp::dialect_id::nat_pmp;

    BOOST_TEST(
        told(e) == "info gateway default 192.168.1.1 answers by nat-pmp, "
                   "its external address is not known via=nat-pmp gateway=default"
    );
}

BOOST_AUTO_TEST_CASE(tells_gateway_silent_and_what_was_tried) {
    auto const e = gateway_event(event_kind::gateway_silent);

    BOOST_TEST(
        told(e) == "warn gateway default 192.168.1.1 does not answer: asked by pcp and nat-pmp "
                   "on port 5351, still asking; is port mapping switched on there? gateway=default"
    );
    BOOST_TEST(
        as_json(e) == R"({"event":"gateway_silent","gateway":"default",)"
                      R"("gateway_address":"192.168.1.1"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_gateway_lost) {
    auto const e = gateway_event(event_kind::gateway_lost);

    BOOST_TEST(told(e) == "warn gateway default 192.168.1.1 is gone gateway=default");
    BOOST_TEST(
        as_json(e) == R"({"event":"gateway_lost","gateway":"default",)"
                      R"("gateway_address":"192.168.1.1"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_gateway_rebooted) {
    auto const e = gateway_event(event_kind::gateway_rebooted);

    BOOST_TEST(
        told(e) == "warn gateway default 192.168.1.1 restarted: its mappings are made again "
                   "via=pcp gateway=default"
    );
    BOOST_TEST(
        as_json(e) == R"({"event":"gateway_rebooted","via":"pcp","gateway":"default",)"
                      R"("gateway_address":"192.168.1.1"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_external_address_changed) {
    auto e = gateway_event(event_kind::external_address_changed);
    e.external_address = ip("198.51.101.8");
    e.was = {ip("198.51.101.7"), 0};

    BOOST_TEST(
        told(e) == "info external address of gateway default 192.168.1.1 is 198.51.101.8 "
                   "(was 198.51.101.7) via=pcp gateway=default"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"external_address_changed","old_external_address":"198.51.101.7",)"
        R"("external_address":"198.51.101.8","via":"pcp","gateway":"default",)"
        R"("gateway_address":"192.168.1.1"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_that_there_is_no_external_address_any_more) {
    auto e = gateway_event(event_kind::external_address_changed);
    e.external_address = pmp::ip_address();
    e.was = {ip("198.51.101.7"), 0};

    BOOST_TEST(
        told(e) == "warn gateway default 192.168.1.1 is not connected, it has no external address "
                   "(was 198.51.101.7): no mapping can be reached until it is back "
                   "via=pcp gateway=default"
    );
    BOOST_TEST(
        as_json(e) ==
        R"({"event":"external_address_changed","old_external_address":"198.51.101.7",)"
        R"("via":"pcp","gateway":"default","gateway_address":"192.168.1.1"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_double_nat) {
    auto const line = pmpd::narrate_unreachable(ip("192.168.0.2"), "default");

    BOOST_TEST(
        told(line) == "warn external address 192.168.0.2 of gateway default: it is not a public "
                      "one, so there is another NAT in front of the gateway: ports opened here "
                      "can't be reached from the internet unless it forwards them gateway=default"
    );
    BOOST_TEST(
        as_json(line) == R"({"event":"external_address_not_public",)"
                         R"("external_address":"192.168.0.2","gateway":"default"})"
    );
}

BOOST_AUTO_TEST_CASE(tells_carrier_grade_nat) {
    for (auto const* inside : {"100.64.0.0", "100.127.255.255"}) {
        auto const line = pmpd::narrate_unreachable(ip(inside), "default");

        BOOST_TEST(line.message.find("carrier-grade NAT") != std::string::npos, inside);
    }
    for (auto const* outside : {"100.63.255.255", "100.128.0.0"}) {
        auto const line = pmpd::narrate_unreachable(ip(outside), "default");

        BOOST_TEST(line.message.find("carrier-grade NAT") == std::string::npos, outside);
    }
}

BOOST_AUTO_TEST_SUITE_END()
