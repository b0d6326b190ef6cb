// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

// What gateways in the field do, and what becomes of the leases of a host behind them.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// Most requests within any hour: less than one every four minutes, after a few at the beginning.
constexpr std::size_t a_few = 20;

} // namespace

BOOST_FIXTURE_TEST_SUITE(quirks, home)

BOOST_AUTO_TEST_CASE(understands_every_form_of_the_version_error) {
    for (auto const opcode : {0, 128, 129, 130, -1}) {
        home behind;
        behind.gw.set_protocols(only_nat_pmp);
        behind.gw.set(vice::version_error_opcode, opcode);

        behind.h.wants(mappings(2));
        behind.w.run_for(50ms);

        BOOST_TEST(behind.h.holds_all(), opcode << '\n' << behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(understands_errors_that_are_cut_short) {
    speak(only_nat_pmp);
    gw.set(vice::short_errors);
    gw.set(vice::refuses, 4);

    h.wants(mappings(2));
    w.run_for(1s);

    BOOST_TEST(h.count(event_kind::refused) == 2U, h.history());
    BOOST_TEST((h.last(event_kind::refused)->error == nat_pmp_result::out_of_resources));
}

BOOST_AUTO_TEST_CASE(reads_all_16_bits_of_a_nat_pmp_result) {
    speak(only_nat_pmp);
    gw.set(vice::refuses, 256);

    h.wants(mappings(1));
    w.run_for(1s);

    BOOST_TEST(!h.holds("tcp-8000"));
    BOOST_TEST(h.last(event_kind::refused)->error.value() == 256);
}

BOOST_AUTO_TEST_CASE(leaves_a_gateway_of_a_later_version_alone) {
    speak(only_pcp);
    gw.set(vice::only_version_3);
    h.wants(mappings(1));
    w.run_for(1h);
    BOOST_TEST(h.traffic().sent <= a_few, h.history());

    gw.clear(vice::only_version_3);
    w.run_for(40min);
    BOOST_TEST(h.holds_all(), h.history());
}

BOOST_AUTO_TEST_CASE(leaves_a_gateway_alone_that_denies_every_protocol) {
    gw.set(vice::only_version_3);
    h.wants(mappings(2));
    w.run_for(1min);
    BOOST_TEST(h.count(event_kind::refused) == 2U, h.history());
    w.run_for(1h);
    BOOST_TEST(h.traffic().sent <= a_few, h.history());

    gw.clear(vice::only_version_3);
    w.run_for(40min);
    BOOST_TEST(h.holds_all(), h.history());
}

BOOST_AUTO_TEST_CASE(makes_no_storm_of_any_error) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        for (auto const result :
             {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 200}) {
            home behind;
            behind.speak(protocols);
            behind.gw.set(vice::refuses, result);
            behind.gw.set(vice::zero_lifetime_errors);

            behind.h.wants(mappings(1));
            behind.w.run_for(1h);

            // At most one every half minute, where the error may soon be over.
            BOOST_TEST(behind.h.traffic().sent <= 2 * 120U, result << '\n' << behind.h.history());
            BOOST_TEST(behind.h.traffic().busiest_minute <= 8U, result);
            BOOST_TEST(behind.h.count(event_kind::refused) > 0U, result);
        }
    }
}

BOOST_AUTO_TEST_CASE(makes_no_storm_of_grants_without_time) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::grants_zero_lifetime);

        behind.h.wants(mappings(1));
        behind.w.run_for(1h);

        BOOST_TEST(!behind.h.holds("tcp-8000"));
        BOOST_TEST(behind.h.traffic().sent <= a_few, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(renews_no_lease_more_often_than_every_four_seconds) {
    for (auto const lifetime : {1, 2, 5, 10}) {
        home behind;
        behind.speak(only_pcp);
        behind.gw.set(vice::shortens_lifetimes, lifetime);
        behind.h.wants(mappings(1));

        behind.w.run_for(10min);

        std::vector<time_point> asked;
        for (auto const& seen : behind.gw.exchanges()) {
            asked.push_back(seen.at);
        }
        // A lease that has run out is asked for at once, as if it were new.
        auto const closest = std::min<std::chrono::nanoseconds>(4s, std::chrono::seconds{lifetime});
        for (std::size_t i = 1; i < asked.size(); ++i) {
            BOOST_TEST((asked[i] - asked[i - 1] >= closest), lifetime);
        }
        BOOST_TEST(asked.size() > 600U / 20);
    }
}

BOOST_AUTO_TEST_CASE(holds_its_leases_where_every_second_request_is_lost) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::loses_every, 2);

        behind.h.wants(mappings(10));
        behind.w.run_for(1min);
        BOOST_TEST(behind.h.holds_all(), behind.h.history());
        behind.w.run_for(7 * 24h);

        BOOST_TEST(behind.h.count(event_kind::lost) == 0U);
        BOOST_TEST(behind.w.broken_promises() == "");
    }
}

BOOST_AUTO_TEST_CASE(has_its_ports_back_after_each_of_many_reboots) {
    hold(mappings(10));
    auto const before = assigned();

    gw.set(vice::reboots_and_forgets, 600);
    w.run_for(24h);
    gw.clear(vice::reboots_and_forgets);
    w.run_for(6s);

    BOOST_TEST(assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(h.count(event_kind::gateway_rebooted) >= 100U);
    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
    BOOST_TEST(h.traffic().busiest_minute <= 25U);
}

BOOST_AUTO_TEST_CASE(does_not_hammer_a_gateway_that_reboots_all_the_time) {
    hold(mappings(10));

    gw.set(vice::reboots_and_keeps, 5);
    w.run_for(10min);

    BOOST_TEST(h.traffic().busiest_minute <= 80U);
}

BOOST_AUTO_TEST_CASE(restores_at_the_next_renewal_what_was_forgotten_in_silence) {
    hold(mappings(4));

    gw.forget();
    BOOST_TEST(w.broken_promises() != "");
    w.run_for(76min);

    BOOST_TEST(w.broken_promises() == "");
    BOOST_TEST(gw.table().size() == 4U);
}

BOOST_AUTO_TEST_CASE(follows_an_address_whose_change_resets_the_epoch) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::new_address_resets_epoch);
        behind.hold(mappings(4));
        behind.w.run_for(10min);

        behind.gw.set_external_address("198.51.100.9");
        behind.w.run_for(2min);

        BOOST_TEST(behind.h.holds_all(), behind.h.history());
        for (auto const& held : behind.h.leases()) {
            BOOST_TEST(held.assigned.address.to_string() == "198.51.100.9");
        }
        BOOST_TEST(behind.h.count(event_kind::lost) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(does_not_believe_announcements_from_the_wrong_source) {
    gw.set(vice::announces_from_wrong_source);
    hold(mappings(2));
    w.run_for(10min);
    auto const begin = w.now();

    gw.reboot();
    w.run_for(1min);

    BOOST_TEST(requests_since(begin).empty());
    BOOST_TEST(h.traffic().ignored.at(static_cast<std::size_t>(ignore_reason::stranger)) > 0U);
}

BOOST_AUTO_TEST_CASE(gets_the_mapping_of_a_lost_secret_back_when_it_has_run_out) {
    speak(only_pcp);
    hold({tcp(8000)});
    auto const before = assigned();
    h.crash();
    h.saved() = {};
    h.saved().secret.front() = std::byte{1};

    h.start();
    w.run_for(1h);
    BOOST_TEST(!h.holds("tcp-8000"));
    BOOST_TEST((h.last(event_kind::refused)->error == pcp_result::not_authorized));
    BOOST_TEST(h.traffic().sent <= a_few);

    w.run_for(80min);
    BOOST_TEST(assigned() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(renews_at_once_with_a_new_secret_where_nonces_are_not_checked) {
    speak(only_pcp);
    gw.set(vice::accepts_other_nonce);
    hold({tcp(8000)});
    h.crash();
    h.saved().secret.front() ^= std::byte{1};

    h.start();
    w.run_for(1s);

    BOOST_TEST(h.holds_all(), h.history());
}

BOOST_AUTO_TEST_CASE(suggests_no_address_of_the_other_family) {
    speak(only_pcp);
    hold({tcp(8000)});
    h.crash();
    h.saved().leases.at(0).assigned.address = boost::asio::ip::make_address("2001:db8::1");

    h.start();
    w.run_for(1s);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(gw.exchanges().back().suggested.address.is_v4());
}

BOOST_AUTO_TEST_CASE(releases_over_nat_pmp_without_touching_the_other_protocol) {
    speak(only_nat_pmp);
    gw.set(vice::delete_all_takes_both_protocols);
    auto& neighbour = w.add_host("192.168.1.11", gw);
    neighbour.wants({tcp(22)});
    hold({tcp(8000), udp(8000), udp(8001)});

    h.wants({udp(8001)});
    w.run_for(1s);

    BOOST_TEST(h.holds("udp-8001"));
    BOOST_TEST(gw.table().size() == 2U);
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_AUTO_TEST_SUITE_END()
