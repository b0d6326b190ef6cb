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

    // One that ends was asked for before.
    BOOST_REQUIRE(house.kept.size() == 2U);
    BOOST_REQUIRE(house.kept.back().leases.size() == 1U);
    auto const& known = house.kept.back().leases.front();
    BOOST_TEST(known.permanent);
    BOOST_TEST(known.assigned.port == 2222U);
    BOOST_TEST((known.via == dialect_id::igd));
}

BOOST_AUTO_TEST_CASE(knows_the_port_of_a_permanent_lease_of_version_2_too) {
    settled house([](auto& igd) {
        igd.refuses["AddAnyPortMapping"] = 725;
        igd.description = "version-2.xml";
    });

    BOOST_REQUIRE(!house.kept.empty());
    auto const& known = house.kept.back().leases.at(0);
    BOOST_TEST(known.permanent);
    BOOST_TEST(known.assigned.port == house.port());
}

BOOST_AUTO_TEST_CASE(knows_once_of_a_lease_that_ends_before_it_is_asked_for) {
    settled house;
    house.pass(hours(20));

    BOOST_REQUIRE(house.kept.size() == 1U);
    auto const& known = house.kept.front().leases.at(0);
    BOOST_TEST(!known.permanent);
    BOOST_TEST(known.assigned.port == 2222U);
}

BOOST_AUTO_TEST_CASE(knows_at_once_of_all_that_are_asked_for_one_after_the_other) {
    for (auto const permanent : {false, true}) {
        igd_house house;
        if (permanent) {
            house.igd.refuses_once["AddPortMapping"] = {725};
        }
        std::vector<mapping> wishes(20, tcp_22());
        for (std::size_t i = 0; i < wishes.size(); ++i) {
            auto const port = static_cast<std::uint16_t>(8000 + i);
            wishes[i].name += std::to_string(i);
            wishes[i].internal.port = wishes[i].suggested.port = port;
        }
        house.appear();
        house.wish(wishes);
        house.settle();

        BOOST_TEST(house.igd.table.size() == 20U);
        BOOST_REQUIRE(!house.kept.empty());
        BOOST_TEST(house.kept.size() <= (permanent ? 2U : 1U));
        BOOST_TEST(house.kept.back().leases.size() == 20U);
        BOOST_TEST(house.engine.remembers().leases.size() == 20U);
    }
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_what_was_never_asked_for) {
    igd_house house;
    auto other = tcp_22();
    other.name = "web";
    other.internal.port = other.suggested.port = 80;
    house.igd.refuses["AddPortMapping"] = 606;
    house.appear();
    house.wish({tcp_22(), other});
    house.settle();

    BOOST_REQUIRE(!house.kept.empty());
    BOOST_TEST(house.kept.front().leases.size() == 2U);
    BOOST_TEST(house.engine.remembers().leases.empty());
    house.wish({});
    house.settle();
    BOOST_TEST(house.engine.remembers().leases.empty());
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_what_was_refused) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {725, 606}; });

    BOOST_TEST(house.kept.size() == 2U);
    BOOST_TEST(house.engine.remembers().leases.empty());
}

BOOST_AUTO_TEST_SUITE_END()
