// SPDX-License-Identifier: MIT
#include "net/boot_timer.hpp"
#include "net/running.hpp"

#include <pmp/entropy.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using pmp::boot_clock;
using pmp::net::boot_timer;
using pmp::test::started;

namespace {

struct timer_world {
    boost::asio::io_context io;
    boot_timer timer{io.get_executor()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_boot_timer, timer_world)

BOOST_AUTO_TEST_CASE(waits_until_the_moment) {
    auto const moment = boot_clock::now() + 20ms;
    timer.expires_at(moment);

    auto const error = pmp::test::finish(io, timer.wait());

    BOOST_TEST(!error);
    BOOST_CHECK(boot_clock::now() >= moment);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_a_moment_that_has_passed) {
    for (auto const moment : {boot_clock::now() - 1h, pmp::time_point{}, pmp::time_point{-1s}}) {
        timer.expires_at(moment);

        auto const error = pmp::test::finish(io, timer.wait());

        BOOST_TEST(!error);
    }
}

BOOST_AUTO_TEST_CASE(can_be_moved_closer_while_it_waits) {
    timer.expires_at(boot_clock::now() + 1h);
    started wait{io, timer.wait()};
    pmp::test::run_ready(io);

    timer.expires_at(boot_clock::now() + 1ms);

    BOOST_TEST(!wait.result());
}

BOOST_AUTO_TEST_CASE(can_be_moved_away_after_the_moment_has_come) {
    timer.expires_at(boot_clock::now());
    started wait{io, timer.wait()};

    timer.expires_at(pmp::time_point::max());
    pmp::test::run_ready(io);

    BOOST_TEST(!wait.ended());
}

BOOST_AUTO_TEST_CASE(ends_once_for_each_moment) {
    timer.expires_at(boot_clock::now());
    pmp::test::finish(io, timer.wait());

    started wait{io, timer.wait()};
    pmp::test::run_ready(io);

    BOOST_TEST(!wait.ended());
}

BOOST_AUTO_TEST_CASE(ends_again_for_the_same_moment) {
    auto const moment = boot_clock::now();
    timer.expires_at(moment);
    pmp::test::finish(io, timer.wait());

    timer.expires_at(moment);

    BOOST_TEST(!pmp::test::finish(io, timer.wait()));
}

BOOST_AUTO_TEST_CASE(stops_waiting_when_it_is_closed) {
    started wait{io, timer.wait()};
    pmp::test::run_ready(io);

    timer.close();

    BOOST_TEST((wait.result() == boost::asio::error::operation_aborted));
    BOOST_TEST((pmp::test::finish(io, timer.wait()) == boost::asio::error::operation_aborted));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_systems_entropy)

BOOST_AUTO_TEST_CASE(never_gives_the_same_twice) {
    BOOST_TEST((pmp::make_secret() != pmp::make_secret()));
    BOOST_TEST(pmp::make_seed() != pmp::make_seed());
}

BOOST_AUTO_TEST_SUITE_END()
