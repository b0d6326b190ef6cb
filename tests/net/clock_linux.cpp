// SPDX-License-Identifier: MIT
#include <pmp/clock.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>

using pmp::boot_clock;

BOOST_AUTO_TEST_SUITE(the_boot_clock)

BOOST_AUTO_TEST_CASE(counts_from_the_boot_of_the_machine) {
    double uptime = 0;
    std::ifstream{"/proc/uptime"} >> uptime;

    auto const now = std::chrono::duration<double>(boot_clock::now().time_since_epoch()).count();

    BOOST_TEST(now >= uptime - 1);
    BOOST_TEST(now <= uptime + 60);
}

BOOST_AUTO_TEST_SUITE_END()
