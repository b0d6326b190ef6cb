// SPDX-License-Identifier: MIT
#include "net/settling.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using pmp::time_point;
using pmp::net::settling;

BOOST_AUTO_TEST_SUITE(a_burst_of_changes)

BOOST_AUTO_TEST_CASE(has_settled_a_second_after_the_last) {
    settling burst{{}, time_point{10s}};
    BOOST_CHECK(burst.settled_at() == time_point{11s});

    burst.changed(time_point{10s + 700ms});

    BOOST_CHECK(burst.settled_at() == time_point{11s + 700ms});
}

BOOST_AUTO_TEST_CASE(is_looked_at_after_three_seconds_though_it_goes_on) {
    settling burst{{}, time_point{10s}};

    burst.changed(time_point{12s + 900ms});

    BOOST_CHECK(burst.settled_at() == time_point{13s});
}

BOOST_AUTO_TEST_SUITE_END()
