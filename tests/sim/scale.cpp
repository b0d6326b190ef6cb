// SPDX-License-Identifier: MIT
#include "sim/home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

double seconds_of_processor() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(scale, home)

BOOST_AUTO_TEST_CASE(acquires_renews_and_releases_ten_thousand_mappings) {
    for (auto const& protocols : {only_pcp, only_nat_pmp}) {
        home behind;
        behind.speak(protocols);
        behind.gw.remember_exchanges(0);
        behind.w.net().capture_at_most(0);

        behind.h.wants(mappings(10'000));
        BOOST_TEST(
            behind.w.run_until([&] { return behind.gw.simulator().mappings() == 10'000; }, 5min)
        );
        behind.w.run_for(2h);
        BOOST_TEST(behind.h.holds_all());
        BOOST_TEST(behind.h.count(event_kind::lost) == 0U);

        behind.h.wants({});
        behind.w.run_for(5min);
        BOOST_TEST(behind.gw.table().empty());
    }
}

BOOST_AUTO_TEST_CASE(simulates_a_month_of_ten_mappings_within_a_second_or_so) {
    hold(mappings(10));
    auto const begin = seconds_of_processor();

    w.run_for(30 * 24h);

    // Several times what it takes, for slow machines and sanitizers.
    BOOST_TEST(seconds_of_processor() - begin < 5);
    BOOST_TEST(h.count(event_kind::renewed) > 5000U);
}

BOOST_AUTO_TEST_SUITE_END()
