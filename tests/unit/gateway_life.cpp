// SPDX-License-Identifier: MIT
#include "unit/gateway_bench.hpp"

// Announcements, Mapping Updates, reboots and epochs of a simulated gateway.

using namespace pmp::test;
using pmp::dialect_id;
using pmp::endpoint;
using std::chrono::nanoseconds;

namespace {

endpoint const group{address("224.0.0.1"), 5350};
endpoint const gateway_endpoint{address("192.168.1.1"), 5351};

std::vector<nanoseconds> times_of(std::vector<sent_packet> const& packets, std::byte version) {
    std::vector<nanoseconds> result;
    for (auto const& one : packets) {
        if (one.sent.bytes.front() == version) {
            result.push_back(one.after);
        }
    }
    return result;
}

constexpr std::byte pcp_version{2};
constexpr std::byte nat_pmp_version{0};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_life, gateway_bench)

BOOST_AUTO_TEST_CASE(announces_itself_in_both_protocols) {
    wait(3s);

    gateway.announce(now);
    auto const packets = sent();

    BOOST_REQUIRE(packets.size() == 2U);
    BOOST_TEST(to_hex(packets[0].bytes) == "0080000000000003cb007107");
    BOOST_TEST(to_hex(packets[1].bytes) == "028000000000000000000003000000000000000000000000");
    for (auto const& one : packets) {
        BOOST_TEST(one.source == gateway_endpoint);
        BOOST_TEST(one.destination == group);
    }
}

BOOST_AUTO_TEST_CASE(announces_itself_only_in_what_it_speaks) {
    gateway.set_protocols({dialect_id::nat_pmp});

    gateway.announce(now);

    BOOST_TEST(sent().size() == 1U);
}

BOOST_AUTO_TEST_CASE(starts_its_epochs_again_after_a_reboot_and_announces_it) {
    wait(1h);
    ask(pcp_map(tcp_number, 8080, 0));

    gateway.reboot(reboot_kind::forgets, now);

    BOOST_TEST(sent().size() == 2U);
    BOOST_TEST(gateway.mappings() == 0U);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 0U);
    BOOST_TEST(gateway.epoch(dialect_id::nat_pmp, now + 2s) == 2U);
}

BOOST_AUTO_TEST_CASE(keeps_its_mappings_in_the_other_kind_of_reboot) {
    wait(1h);
    ask(pcp_map(tcp_number, 8080, 2222));

    gateway.reboot(reboot_kind::keeps, now);

    BOOST_TEST(gateway.mappings() == 1U);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 0U);
}

BOOST_AUTO_TEST_CASE(is_deaf_and_mute_while_it_boots) {
    gateway.reboot(reboot_kind::forgets, now, 30s);

    BOOST_TEST(send(hex("0000")).empty());
    auto const packets = wait(31s);

    BOOST_REQUIRE(packets.size() == 2U);
    BOOST_TEST((packets[0].after == 30s));
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 1U);
}

BOOST_AUTO_TEST_CASE(tells_clients_of_a_new_address_three_times) {
    ask(pcp_map(tcp_number, 8080, 2222));
    client.port = 40001;
    map_nat_pmp(pmp::transport::udp, 53, 53, 7200);

    gateway.set_external_address(address("198.51.100.9"), now);
    auto const packets = wait(10s);

    std::vector<nanoseconds> updates;
    for (auto const& one : packets) {
        if (one.sent.destination == (endpoint{client.address, 40000})) {
            auto const update = decode_pcp(one.sent);
            BOOST_TEST(mapped(update).external == (endpoint{address("198.51.100.9"), 2222}));
            BOOST_TEST((mapped(update).nonce.front() == std::byte{1}));
            BOOST_TEST((update.lifetime >= 7199U && update.lifetime <= 7200U));
            updates.push_back(one.after);
        }
    }
    BOOST_TEST((updates == std::vector<nanoseconds>{0ms, 250ms, 750ms}));
    BOOST_TEST(packets.size() == 5U);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 10U);
}

BOOST_AUTO_TEST_CASE(says_nothing_of_an_address_that_it_had_before) {
    gateway.set_external_address(address("203.0.113.7"), now);

    BOOST_TEST(wait(10s).empty());
}

BOOST_AUTO_TEST_CASE(announces_in_a_burst_of_ten) {
    set(vice::announce_burst);

    gateway.announce(now);
    auto const packets = wait(300s);

    std::vector<nanoseconds> const expected{
        0ms, 250ms, 750ms, 1750ms, 3750ms, 7750ms, 15750ms, 31750ms, 63750ms, 127750ms};
    BOOST_TEST((times_of(packets, pcp_version) == expected));
    BOOST_TEST((times_of(packets, nat_pmp_version) == expected));
    BOOST_TEST(decode_pcp(packets.back().sent).epoch == 127U);
}

BOOST_AUTO_TEST_CASE(announces_from_the_wrong_source) {
    set(vice::announces_from_wrong_source);

    gateway.announce(now);

    for (auto const& one : sent()) {
        BOOST_TEST(one.source == (endpoint{address("192.168.1.2"), 5351}));
    }
    BOOST_TEST(gateway.statistics().announcements == 2U);
}

BOOST_AUTO_TEST_CASE(announces_nothing) {
    ask(pcp_map(tcp_number, 8080, 2222));
    set(vice::announces_nothing);

    gateway.reboot(reboot_kind::keeps, now);
    gateway.set_external_address(address("198.51.100.9"), now);

    BOOST_TEST(wait(300s).empty());
}

BOOST_AUTO_TEST_CASE(reboots_and_forgets_once_or_again_and_again) {
    ask(pcp_map(tcp_number, 8080, 2222));
    set(vice::reboots_and_forgets);
    BOOST_TEST(gateway.mappings() == 0U);
    BOOST_TEST(gateway.statistics().reboots == 1U);

    set(vice::reboots_and_forgets, 60);
    wait(150s);
    BOOST_TEST(gateway.statistics().reboots == 4U);

    gateway.clear(vice::reboots_and_forgets, now);
    wait(150s);
    BOOST_TEST(gateway.statistics().reboots == 4U);
}

BOOST_AUTO_TEST_CASE(reboots_and_keeps) {
    ask(pcp_map(tcp_number, 8080, 2222));

    set(vice::reboots_and_keeps);

    BOOST_TEST(gateway.mappings() == 1U);
    BOOST_TEST(gateway.statistics().reboots == 1U);
}

BOOST_AUTO_TEST_CASE(forgets_mappings_without_a_reboot) {
    wait(100s);
    set(vice::forgets_mappings, 60);
    ask(pcp_map(tcp_number, 8080, 2222));

    wait(60s);

    BOOST_TEST(gateway.mappings() == 0U);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 160U);
}

BOOST_AUTO_TEST_CASE(lets_its_epoch_stand_still) {
    wait(100s);
    set(vice::epoch_stands_still);
    wait(100s);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 100U);

    gateway.clear(vice::epoch_stands_still, now);
    wait(100s);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 200U);
}

BOOST_AUTO_TEST_CASE(lets_its_epoch_drift_in_both_directions) {
    set(vice::epoch_drifts, 10);
    wait(100s);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 110U);

    set(vice::epoch_drifts, -20);
    wait(100s);
    BOOST_TEST(gateway.epoch(dialect_id::nat_pmp, now) == 190U);
}

BOOST_AUTO_TEST_CASE(hides_a_reboot_behind_the_uptime_of_its_host) {
    set(vice::epoch_is_host_uptime);
    wait(100s);
    ask(pcp_map(tcp_number, 8080, 2222));

    gateway.reboot(reboot_kind::forgets, now);

    BOOST_TEST(gateway.mappings() == 0U);
    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 100U);
}

BOOST_AUTO_TEST_CASE(starts_its_epoch_again_at_another_address) {
    set(vice::new_address_resets_epoch);
    wait(100s);
    ask(pcp_map(tcp_number, 8080, 2222));

    gateway.set_external_address(address("198.51.100.9"), now);

    BOOST_TEST(gateway.epoch(dialect_id::pcp, now) == 0U);
    BOOST_TEST(gateway.mappings() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
