// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

} // namespace

BOOST_AUTO_TEST_SUITE(recovering)

BOOST_AUTO_TEST_CASE(keeps_external_ports_across_an_announced_reboot) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(10));
        home.w.run_for(10min);
        auto const before = home.assigned();

        home.gw.reboot(reboot_kind::forgets, 30s);
        home.w.run_for(30s + 6s);

        BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
        BOOST_TEST(home.gw.table().size() == 10U);
        BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 1U);
        BOOST_TEST(home.h.count(event_kind::lost) == 0U, home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(says_that_nothing_is_held_until_it_is_made_again) {
    home home;
    home.hold(mappings(1));
    home.gw.reboot();
    home.w.run_until([&] { return home.h.count(event_kind::gateway_rebooted) == 1; }, 1s);

    BOOST_TEST((home.h.state_of("tcp-8000") == lease_state::recovering));
    BOOST_TEST(!home.h.holds("tcp-8000"));
}

BOOST_AUTO_TEST_CASE(notices_a_reboot_without_announcement_at_the_next_answer) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.gw.set(vice::announces_nothing);
        home.hold(mappings(10));
        auto const before = home.assigned();
        home.w.run_for(20min);

        home.gw.reboot();
        home.w.run_for(80min);

        BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
        BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 1U, home.h.history());
        BOOST_TEST(home.w.broken_promises() == "");
    }
}

BOOST_AUTO_TEST_CASE(waits_between_nothing_and_five_seconds_before_it_asks_again) {
    std::vector<double> waits;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        home home(seed);
        home.hold(mappings(1));
        auto const begin = home.w.now();
        home.gw.reboot();
        home.w.run_for(6s);
        auto const requests = home.requests_since(begin);
        BOOST_TEST_REQUIRE(requests.size() == 1U, home.h.history());
        waits.push_back(std::chrono::duration<double>(requests.front().at - begin).count());
    }

    std::sort(waits.begin(), waits.end());
    BOOST_TEST(waits.front() < 0.1);
    BOOST_TEST(waits.back() > 4.9);
    BOOST_TEST(waits.back() <= 5.01);
    BOOST_TEST(std::abs(waits[500] - 2.5) < 0.3);
}

BOOST_AUTO_TEST_CASE(makes_one_recovery_of_a_burst_of_announcements) {
    home home;
    home.hold(mappings(10));
    home.gw.set(vice::announce_burst);
    auto const begin = home.w.now();

    home.gw.reboot();
    home.w.run_for(5min);

    BOOST_TEST(home.requests_since(begin).size() == 10U);
    BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 1U);
}

BOOST_AUTO_TEST_CASE(does_nothing_when_a_plausible_epoch_is_announced) {
    home home;
    home.hold(mappings(10));
    home.w.run_for(10min);
    auto const begin = home.w.now();

    home.gw.announce();
    home.w.run_for(1min);

    BOOST_TEST(home.requests_since(begin).empty());
    BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 0U);
}

BOOST_AUTO_TEST_CASE(keeps_nonces_and_ports_when_the_gateway_kept_its_mappings) {
    home home;
    home.speak(only_pcp);
    home.gw.set(vice::refuses_other_nonce);
    home.hold(mappings(4));
    auto const before = home.assigned();

    home.gw.reboot(reboot_kind::keeps);
    home.w.run_for(6s);

    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.h.count(event_kind::refused) == 0U);
    BOOST_TEST(home.h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(heals_false_alarms_by_asking_for_the_same_again) {
    for (auto const v : {vice::epoch_stands_still, vice::epoch_drifts}) {
        home home;
        v == vice::epoch_drifts ? home.gw.set(v, 50) : home.gw.set(v);
        home.hold(mappings(10));
        auto const before = home.assigned();

        home.w.run_for(7 * 24h);

        BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
        BOOST_TEST(home.h.count(event_kind::lost) == 0U);
        BOOST_TEST(home.h.count(event_kind::gateway_rebooted) > 0U);
        BOOST_TEST(home.h.traffic().busiest_minute <= 120U);
    }
}

BOOST_AUTO_TEST_CASE(recovers_at_the_next_renewal_where_the_epoch_hides_the_reboot) {
    home home;
    home.gw.set(vice::epoch_is_host_uptime);
    home.gw.set(vice::announces_nothing);
    home.hold(mappings(4));
    auto const before = home.assigned();

    home.gw.reboot();
    home.w.run_for(80min);

    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(recovers_although_two_thirds_of_the_packets_are_lost) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(4));
        auto const before = home.assigned();
        home.gw.reboot();
        home.w.run_for(10ms);
        home.w.net().conditions().loss = 0.66;

        home.w.run_for(1h);
        home.w.net().conditions().loss = 0;
        home.w.run_for(30min);

        BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(recovers_by_nat_pmp_after_an_announcement_by_pcp_alone) {
    home home;
    home.h.sees({view_of(home.gw, "192.168.1.10", "default", only_nat_pmp)});
    home.hold(mappings(4));
    auto const before = home.assigned();
    home.gw.set(vice::announces_nothing);
    home.w.run_for(10min);
    home.gw.reboot();

    home.gw.clear(vice::announces_nothing);
    wire::pcp::response announcement;
    announcement.body = wire::pcp::announce_body{};
    auto const bytes = wire::pcp::encode(announcement);
    inbound_datagram in;
    in.source = {home.gw.address(), gateway_port};
    in.destination = {boost::asio::ip::make_address("224.0.0.1"), announcement_port};
    in.bytes = bytes;
    home.h.engine().datagram(in, home.w.now());
    home.h.drain();
    home.w.run_for(6s);

    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 1U, home.h.history());
}

BOOST_AUTO_TEST_CASE(is_lost_for_good_where_the_restarted_gateway_refuses) {
    home home;
    home.speak(only_pcp);
    home.hold(mappings(1));
    home.gw.set(vice::refuses, 2, 600);
    home.gw.reboot();
    home.w.run_for(6s);

    BOOST_TEST(home.h.count(event_kind::lost) == 1U);
    BOOST_TEST((home.h.last(event_kind::lost)->reason == lost_reason::revoked));
    home.gw.clear(vice::refuses);
    home.w.run_for(11min);
    BOOST_TEST(home.h.holds_all(), home.h.history());
}

BOOST_AUTO_TEST_CASE(follows_a_changed_external_address) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(2));

        home.gw.set_external_address("203.0.113.99");
        home.w.run_for(10s);

        BOOST_TEST(
            to_string(home.h.lease_of("tcp-8000")->assigned) == "203.0.113.99:8000",
            home.h.history()
        );
        BOOST_TEST(home.h.count(event_kind::external_address_changed) == 1U);
        BOOST_TEST(home.h.count(event_kind::changed, "tcp-8000") == 1U);
        BOOST_TEST(home.h.count(event_kind::changed, "udp-8001") == 1U);
    }
}

BOOST_AUTO_TEST_CASE(wakes_from_three_hours_of_sleep) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold(mappings(10));
        auto const before = home.assigned();

        home.h.suspend(3h);
        home.w.run_for(3h + 6s);

        BOOST_TEST(home.h.count(event_kind::lost) == 10U);
        BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
        BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(renews_soon_after_a_sleep_that_the_leases_survived) {
    home home;
    home.hold(mappings(10));

    home.h.suspend(110min);
    home.w.run_for(110min + 7s);

    BOOST_TEST(home.h.count(event_kind::lost) == 0U);
    BOOST_TEST(home.h.count(event_kind::renewed) == 10U, home.h.history());
}

BOOST_AUTO_TEST_CASE(moves_to_another_gateway) {
    home home;
    home.hold(mappings(2));
    auto& other = home.w.add_gateway("192.168.1.254");
    auto const before = home.gw.statistics().requests;

    home.h.sees(other);
    home.w.run_for(1s);

    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(home.h.count(event_kind::gateway_lost) == 1U);
    BOOST_TEST((home.h.last(event_kind::lost)->reason == lost_reason::gateway));
    BOOST_TEST(other.table().size() == 2U);
    BOOST_TEST(home.gw.statistics().requests == before);
}

BOOST_AUTO_TEST_CASE(gets_its_ports_back_when_it_returns_to_a_gateway) {
    home home;
    home.gw.set(vice::grants_other_port);
    home.hold(mappings(2));
    home.gw.clear(vice::grants_other_port);
    auto const before = home.assigned();
    auto& other = home.w.add_gateway("192.168.1.254");
    home.h.sees(other);
    home.w.run_for(3h);

    home.h.sees(home.gw);
    home.w.run_for(1s);

    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
