// SPDX-License-Identifier: MIT
#include "unit/igd_house.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// What is known of a lease before it is granted.

using namespace pmp;
using namespace pmp::test;
using std::chrono::hours;

BOOST_AUTO_TEST_SUITE(igd_memory)

BOOST_AUTO_TEST_CASE(knows_of_a_permanent_lease_before_it_is_asked_for) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {725}; });
    house.pass(hours(20));

    BOOST_REQUIRE(house.kept.size() == 1U);
    BOOST_REQUIRE(house.kept.front().leases.size() == 1U);
    auto const& known = house.kept.front().leases.front();
    BOOST_TEST(known.permanent);
    BOOST_TEST(known.assigned.port == 2222U);
    BOOST_TEST((known.via == dialect_id::igd));
}

BOOST_AUTO_TEST_CASE(knows_the_port_of_a_permanent_lease_of_version_2_too) {
    settled house([](auto& igd) {
        igd.refuses["AddAnyPortMapping"] = 725;
        igd.description = "version-2.xml";
    });

    BOOST_REQUIRE(house.kept.size() == 1U);
    BOOST_TEST(house.kept.front().leases.at(0).assigned.port == house.port());
}

BOOST_AUTO_TEST_CASE(keeps_nothing_first_of_what_ends_by_itself) {
    settled house;
    house.pass(hours(20));

    BOOST_TEST(house.kept.empty());
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_what_was_refused) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {725, 606}; });

    BOOST_TEST(house.kept.size() == 1U);
    BOOST_TEST(house.engine.remembers().leases.empty());
}

BOOST_AUTO_TEST_SUITE_END()
