// SPDX-License-Identifier: MIT
#include "daemon/paced.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(paced)

using namespace std::chrono_literals;

namespace {

/// Counts its actions. `context.run()` returns when it rests.
struct subject {
    boost::asio::io_context context{1};
    int actions = 0;
    pmpd::paced paced{context.get_executor(), 1ms, [this] { ++actions; }};
};

} // namespace

BOOST_AUTO_TEST_CASE(follows_the_first_change_at_once) {
    subject s;

    s.paced.changed();

    BOOST_TEST(s.actions == 1);
}

BOOST_AUTO_TEST_CASE(follows_changes_in_its_pause_together_at_the_end) {
    subject s;
    s.paced.changed();
    s.paced.changed();
    s.paced.changed();

    s.context.run();

    BOOST_TEST(s.actions == 2);
}

BOOST_AUTO_TEST_CASE(does_nothing_when_nothing_changes) {
    subject s;
    s.paced.changed();

    s.context.run();

    BOOST_TEST(s.actions == 1);
}

BOOST_AUTO_TEST_CASE(follows_a_change_after_its_pause_at_once) {
    subject s;
    s.paced.changed();
    s.context.run();

    s.paced.changed();

    BOOST_TEST(s.actions == 2);
}

BOOST_AUTO_TEST_CASE(does_what_is_left_when_flushed) {
    subject s;
    s.paced.changed();
    s.paced.changed();

    s.paced.flush();
    BOOST_TEST(s.actions == 2);

    s.paced.flush();
    BOOST_TEST(s.actions == 2);
}

BOOST_AUTO_TEST_SUITE_END()
