// SPDX-License-Identifier: MIT
#include "engine/schedule.hpp"

#include "dialect/dialect.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <vector>

namespace {

using namespace std::chrono_literals;
using seconds = std::chrono::duration<double>;

double in_seconds(pmp::nanoseconds t) {
    return seconds(t).count();
}

struct range {
    double low;
    double high;
};

} // namespace

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(of_nat_pmp_doubles_from_a_quarter_second_and_ends_after_nine_sends) {
    auto const patience = pmp::find_dialect(pmp::dialect_id::nat_pmp)->patience();
    pmp::dice d(1);
    pmp::retransmission r;
    std::vector<double> sends;
    double now = 0;

    while (!r.spent()) {
        sends.push_back(now);
        now += in_seconds(r.sent(patience, d));
    }

    std::vector<double> const expected{0, .25, .75, 1.75, 3.75, 7.75, 15.75, 31.75, 63.75};
    BOOST_TEST(sends == expected, boost::test_tools::per_element());
    BOOST_TEST(now == 127.75);
}

BOOST_AUTO_TEST_CASE(of_pcp_stays_in_the_ranges_of_the_standard_over_a_thousand_draws) {
    // RFC 6887 8.1.1 with IRT 3, MRT 1024 and a factor of 0.9 to 1.1 on each whole term.
    std::array<range, 12> const ranges{{
        {2.7, 3.3},
        {4.86, 7.26},
        {8.748, 15.972},
        {15.7464, 35.1384},
        {28.34352, 77.30448},
        {51.018336, 170.069856},
        {91.8330048, 374.1536832},
        {165.29940864, 823.13810304},
        {297.538935552, 1126.4},
        {535.5700839936, 1126.4},
        {921.6, 1126.4},
        {921.6, 1126.4},
    }};
    auto const patience = pmp::find_dialect(pmp::dialect_id::pcp)->patience();

    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        pmp::dice d(seed);
        pmp::retransmission r;
        for (auto const& expected : ranges) {
            auto const wait = in_seconds(r.sent(patience, d));
            BOOST_TEST_REQUIRE(wait >= expected.low - 1e-6);
            BOOST_TEST_REQUIRE(wait <= expected.high + 1e-6);
        }
        BOOST_TEST_REQUIRE(!r.spent());
    }
}

BOOST_AUTO_TEST_CASE(of_renewals_stays_in_its_windows_over_a_thousand_draws) {
    auto const lifetime = 7200s;

    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        pmp::dice d(seed);
        for (unsigned k = 1; k <= 10; ++k) {
            auto const at = in_seconds(*pmp::renewal_window(lifetime, k, d)) / 7200;
            BOOST_TEST_REQUIRE(at >= 1 - std::pow(2, -double(k)) - 1e-9);
            BOOST_TEST_REQUIRE(at <= 1 - std::pow(2, -double(k)) + std::pow(2, -double(k) - 2));
        }
    }
}

BOOST_AUTO_TEST_CASE(of_renewals_uses_the_whole_of_its_first_window) {
    double earliest = 1;
    double latest = 0;

    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        pmp::dice d(seed);
        auto const at = in_seconds(*pmp::renewal_window(1000s, 1, d)) / 1000;
        earliest = std::min(earliest, at);
        latest = std::max(latest, at);
    }

    BOOST_TEST(earliest < 0.505);
    BOOST_TEST(latest > 0.62);
}

BOOST_AUTO_TEST_CASE(of_renewals_ends_where_windows_come_closer_than_four_seconds) {
    pmp::dice d(1);

    BOOST_TEST(pmp::renewal_window(120s, 4, d).has_value());
    BOOST_TEST(!pmp::renewal_window(120s, 5, d).has_value());
}

BOOST_AUTO_TEST_CASE(differs_between_seeds_and_repeats_for_the_same) {
    auto const patience = pmp::find_dialect(pmp::dialect_id::pcp)->patience();
    auto const first_wait = [&](std::uint64_t seed) {
        pmp::dice d(seed);
        return pmp::retransmission().sent(patience, d);
    };

    BOOST_TEST(first_wait(7).count() == first_wait(7).count());
    BOOST_TEST(first_wait(7).count() != first_wait(8).count());
}

BOOST_AUTO_TEST_SUITE_END()
