// SPDX-License-Identifier: MIT
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

constexpr auto month = 30 * 24h;

std::vector<dialect_id> const only_pcp{dialect_id::pcp};
std::vector<dialect_id> const only_nat_pmp{dialect_id::nat_pmp};

struct home {
    explicit home(std::uint64_t seed = 1) : w(seed) {}

    void speak(std::vector<dialect_id> protocols) {
        gw.set_protocols(protocols);
        h.sees({view_of(gw, "192.168.1.10", "default", protocols)});
    }

    void hold_ten() {
        std::vector<mapping> all;
        for (std::uint16_t port = 8000; port < 8010; ++port) {
            all.push_back(port % 2 == 0 ? tcp(port) : udp(port));
        }
        h.wants(all);
        w.run_for(5s);
        BOOST_TEST_REQUIRE(h.holds_all(), h.history());
    }

    std::set<std::string> assigned() const {
        std::set<std::string> out;
        for (auto const& l : h.leases()) {
            out.insert(l.mapping + " " + to_string(l.assigned));
        }
        return out;
    }

    world w;
    simulated_gateway& gw = w.add_gateway("192.168.1.1");
    host& h = w.add_host("192.168.1.10", gw);
};

/// What may be said of an option is asked about once more, without any.
std::size_t requests_for(int result) {
    return result == 3 || result == 5 || result == 6 ? 2 : 1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(keeping)

BOOST_AUTO_TEST_CASE(keeps_ten_mappings_for_a_month) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold_ten();

        home.w.run_for(month);

        BOOST_TEST(home.h.holds_all());
        BOOST_TEST(home.w.broken_promises() == "");
        BOOST_TEST(home.h.count(event_kind::lost) == 0U);
        // 30 days of renewals between 1/2 and 5/8 of two hours.
        BOOST_TEST(home.h.count(event_kind::renewed) >= 10 * 576U);
        BOOST_TEST(home.h.count(event_kind::renewed) <= 10 * 720U);
    }
}

BOOST_AUTO_TEST_CASE(survives_a_third_of_packets_lost_for_a_month) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.w.net().conditions().loss = 0.33;
        home.h.wants({tcp(8000), udp(8001), tcp(8002), udp(8003)});

        home.w.run_for(month);
        home.w.net().conditions().loss = 0;
        home.w.run_for(3h);

        BOOST_TEST(home.h.holds_all(), home.h.history());
        // Six windows are unlikely to be lost, seven datagrams more so.
        BOOST_TEST(home.h.count(event_kind::lost) < 60U);
        BOOST_TEST(home.h.traffic().busiest_minute < 120U);
    }
}

BOOST_AUTO_TEST_CASE(renews_between_half_and_five_eighths_of_the_lifetime) {
    home home;
    home.h.wants({udp(51820)});
    home.w.run_for(1s);
    auto last = home.h.lease_of("udp-51820")->expires - 7200s;

    home.w.run_for(month);

    for (auto const& e : home.h.events()) {
        if (e.kind == event_kind::renewed) {
            BOOST_TEST((e.at - last >= 3600s && e.at - last <= 4501s));
            last = e.at;
        }
    }
}

BOOST_AUTO_TEST_CASE(renews_with_the_same_nonce_and_the_assigned_port) {
    home home;
    home.gw.set(vice::grants_other_port);
    home.h.wants({udp(51820)});
    home.w.run_for(1s);
    auto const assigned = home.h.lease_of("udp-51820")->assigned.port;
    home.gw.clear(vice::grants_other_port);

    home.w.run_for(24h);

    BOOST_TEST(assigned != 51820);
    BOOST_TEST(home.gw.exchanges().size() > 10U);
    for (auto const& e : home.gw.exchanges()) {
        BOOST_TEST((e.nonce == home.gw.exchanges().front().nonce));
        BOOST_TEST(e.internal.port == 51820);
        BOOST_TEST((e.suggested.port == assigned || &e == &home.gw.exchanges().front()));
    }
}

BOOST_AUTO_TEST_CASE(follows_a_port_that_changes_at_each_renewal) {
    home home;
    home.gw.set(vice::grants_other_port_each_renewal);
    home.h.wants({udp(51820)});

    home.w.run_for(24h);

    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    BOOST_TEST(home.h.count(event_kind::changed) > 10U);
    BOOST_TEST(home.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(keeps_leases_of_a_minute) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.gw.set(vice::short_leases, 60);
        home.speak(protocols);
        home.hold_ten();

        home.w.run_for(24h);

        BOOST_TEST(home.h.holds_all());
        BOOST_TEST(home.h.count(event_kind::lost) == 0U, home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(asks_a_day_later_at_the_latest_where_it_is_granted_for_ever) {
    home home;
    home.gw.set(vice::lifetime_max);
    home.h.wants({udp(51820)});
    home.w.run_for(1s);

    BOOST_TEST(home.h.lease_of("udp-51820")->lifetime.count() == 86400);
}

BOOST_AUTO_TEST_CASE(never_floods_at_expiry) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home home;
        home.speak(protocols);
        home.hold_ten();

        home.gw.set(vice::silent);
        home.w.run_for(24h);

        BOOST_TEST(home.h.count(event_kind::lost) == 10U);
        BOOST_TEST(home.h.traffic().busiest_minute <= 40U);
    }
}

BOOST_AUTO_TEST_CASE(does_not_ask_again_before_it_may_when_refused) {
    for (auto const result : {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 24, 25, 26, 200}) {
        home home;
        home.speak(only_pcp);
        home.gw.set(vice::refuses, result, 600);

        home.h.wants({udp(51820)});
        home.w.run_for(599s);

        BOOST_TEST(home.gw.statistics().requests == requests_for(result), "result " << result);
        BOOST_TEST((home.h.last(event_kind::refused)->error == error_code(result, pcp_category())));
        home.gw.clear(vice::refuses);
        home.w.run_for(70s);
        BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(holds_back_where_an_error_has_no_lifetime) {
    for (auto const result : {2, 3, 7, 8}) {
        home home;
        home.speak(only_pcp);
        home.gw.set(vice::refuses, result, 0);

        home.h.wants({udp(51820)});
        home.w.run_for(29s);

        BOOST_TEST(home.gw.statistics().requests == requests_for(result));
        home.w.run_for(1h);
        BOOST_TEST(home.gw.statistics().requests <= 125U);
    }
}

BOOST_AUTO_TEST_CASE(does_not_ask_again_before_it_may_when_refused_by_nat_pmp) {
    struct {
        int result;
        std::chrono::seconds pause;
    } const cases[] = {{2, 1800s}, {3, 30s}, {4, 120s}, {5, 1800s}, {9, 1800s}, {256, 1800s}};
    for (auto const& c : cases) {
        home home;
        home.speak(only_nat_pmp);
        home.h.wants({tcp(1)});
        home.w.run_for(1s);
        home.gw.set(vice::refuses, c.result);
        home.gw.set(vice::short_errors);
        auto const before = home.gw.statistics().requests;

        home.h.wants({tcp(1), udp(51820)});
        home.w.run_for(c.pause - 1s);

        BOOST_TEST(home.gw.statistics().requests <= before + 2, "result " << c.result);
        BOOST_TEST(
            (home.h.last(event_kind::refused)->error == error_code(c.result, nat_pmp_category())),
            home.h.history()
        );
        home.gw.clear(vice::refuses);
        home.w.run_for(c.pause / 10 + 10s);
        BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(asks_for_no_other_mapping_where_the_gateway_is_full) {
    world w(1);
    gateway_options small;
    small.capacity = 3;
    auto& gw = w.add_gateway(small);
    auto& h = w.add_host("192.168.1.10", gw, {});
    std::vector<mapping> all;
    for (std::uint16_t port = 8000; port < 8100; ++port) {
        all.push_back(tcp(port));
    }

    h.wants(all);
    w.run_for(20s);

    BOOST_TEST(h.leases().size() == 3U);
    BOOST_TEST(gw.statistics().requests <= 3 + engine_settings().widest_window);
}

BOOST_AUTO_TEST_CASE(keeps_a_lease_whose_renewal_is_refused_until_it_runs_out) {
    home home;
    home.speak(only_pcp);
    home.h.wants({udp(51820)});
    home.w.run_for(1s);
    home.gw.set(vice::refuses_renewals, 8, 30);

    home.w.run_for(7000s);

    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    BOOST_TEST((home.h.standing_of("udp-51820")->error == pcp_result::no_resources));
    home.w.run_for(250s);
    BOOST_TEST(home.h.count(event_kind::lost) == 1U);
    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
}

BOOST_AUTO_TEST_CASE(takes_answers_twice_late_and_with_reserved_bits_for_what_they_are) {
    home home;
    home.gw.set(vice::answers_twice);
    home.gw.set(vice::answers_late, 900);
    home.gw.set(vice::reserved_bits_set);
    home.gw.set(vice::volunteers_answers);
    home.hold_ten();

    home.w.run_for(7 * 24h);

    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(home.h.count(event_kind::acquired) == 10U);
    BOOST_TEST(home.h.count(event_kind::lost) == 0U);
    BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 0U);
}

BOOST_AUTO_TEST_CASE(is_renewed_by_an_answer_that_contradicts_an_earlier_one) {
    home home;
    home.gw.set(vice::late_contradictions);
    home.hold_ten();

    home.w.run_for(7 * 24h);
    home.gw.clear(vice::late_contradictions);
    home.w.run_for(3h);

    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(home.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(ignores_answers_that_do_not_come_from_the_gateway) {
    for (auto const v : {vice::answers_from_other_port, vice::answers_from_other_address}) {
        home home;
        home.gw.set(v);

        home.h.wants({udp(51820)});
        home.w.run_for(1h);

        BOOST_TEST(!home.h.holds("udp-51820"));
        BOOST_TEST(home.h.traffic().ignored[0] > 0U);
    }
}

BOOST_AUTO_TEST_CASE(ignores_answers_with_another_nonce) {
    home home;
    home.speak(only_pcp);
    home.gw.set(vice::answers_other_nonce);

    home.h.wants({udp(51820)});
    home.w.run_for(1min);

    BOOST_TEST(!home.h.holds("udp-51820"));
    BOOST_TEST(home.h.traffic().ignored[2] > 0U);
}

BOOST_AUTO_TEST_CASE(ignores_answers_about_a_port_that_it_did_not_ask_for) {
    home home;
    home.speak(only_nat_pmp);
    home.gw.set(vice::answers_ports_modulo_256);

    home.h.wants({udp(51820)});
    home.w.run_for(1min);

    BOOST_TEST(!home.h.holds("udp-51820"));
}

BOOST_AUTO_TEST_CASE(runs_a_month_the_same_way_for_the_same_seed) {
    auto const month_of = [](std::uint64_t seed) {
        home home(seed);
        home.w.net().conditions().loss = 0.2;
        home.w.net().conditions().jitter = 50ms;
        home.h.wants({tcp(8000), udp(8001)});
        home.w.run_for(month);
        return home.w.trace_hash();
    };

    BOOST_TEST(month_of(5) == month_of(5));
    BOOST_TEST(month_of(5) != month_of(6));
}

BOOST_AUTO_TEST_SUITE_END()
