// SPDX-License-Identifier: MIT
#include "unit/igd_house.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

// Gateways that say what is not so, or break off before they have said it.

using namespace pmp;
using pmp::test::settled;
using pmp::test::tcp_22;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr std::pair our_port{transport::tcp, std::uint16_t{2222}};

mapping exactly_22() {
    auto out = tcp_22();
    out.exact = true;
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(igd_untrue)

BOOST_AUTO_TEST_CASE(a_deletion_is_not_believed_where_the_entry_stands) {
    settled house([](auto& igd) { igd.feigns_deletions = true; });

    house.wish({});
    house.settle();

    BOOST_TEST_REQUIRE(house.engine.standings().size() == 1U);
    BOOST_TEST((house.stands().state == lease_state::releasing));
    BOOST_TEST((house.stands().error == fault::still_in_table));
    BOOST_TEST((house.events.back().error == fault::still_in_table));
    BOOST_TEST(house.igd.count("DeletePortMapping") == 1U);
    house.igd.feigns_deletions = false;
    house.pass(minutes(2));
    BOOST_TEST(house.igd.table.empty());
    BOOST_TEST(house.engine.standings().empty());
}

BOOST_AUTO_TEST_CASE(a_table_that_cannot_be_read_confirms_nothing) {
    settled house([](auto& igd) { igd.refuses["GetSpecificPortMappingEntry"] = 401; });
    auto const looks = house.igd.count("GetSpecificPortMappingEntry");

    house.wish({});
    house.settle();

    BOOST_TEST(house.engine.standings().empty());
    BOOST_TEST(house.igd.count("GetSpecificPortMappingEntry") == looks);
}

BOOST_AUTO_TEST_CASE(what_is_deleted_is_not_waited_for_where_time_runs_out) {
    settled house([](auto& igd) { igd.feigns_deletions = true; });
    house.wish({});
    for (auto i = 0; i < 10 && house.igd.count("DeletePortMapping") == 0; ++i) {
        house.pass(std::chrono::milliseconds(20));
    }
    BOOST_TEST_REQUIRE(house.igd.count("DeletePortMapping") == 1U);

    house.engine.hurry_releases(house.now);
    house.drain();

    BOOST_TEST(house.engine.standings().empty());
    BOOST_TEST(!house.events.back().error);
}

BOOST_AUTO_TEST_CASE(what_is_ours_is_deleted_though_it_cannot_be_looked_at) {
    settled house;
    house.igd.cuts["GetSpecificPortMappingEntry"] = 100;

    house.wish({});
    house.pass(minutes(1));

    BOOST_TEST(house.igd.table.empty());
    BOOST_TEST(house.engine.standings().empty());
}

BOOST_AUTO_TEST_CASE(a_look_that_breaks_off_once_is_made_again) {
    settled house;
    house.igd.cuts["GetSpecificPortMappingEntry"] = 1;
    auto& entry = house.igd.table.at(our_port);
    entry.internal.address = boost::asio::ip::make_address("192.168.1.66");

    house.wish({});
    house.pass(minutes(1));

    // It had become another host's. Ours to delete is what cannot be looked at a second time.
    BOOST_TEST(house.engine.standings().empty());
}

BOOST_AUTO_TEST_CASE(what_is_granted_is_told_though_the_rest_breaks_off) {
    settled house([](auto& igd) { igd.refuses_once["AddPortMapping"] = {725}; });
    auto other = tcp_22();
    other.suggested.port = 3333;
    pmp::test::igd_house next({dialect_id::igd}, house.engine.remembers());
    next.igd.table = house.igd.table;
    next.igd.cuts["DeletePortMapping"] = 2;

    next.wish({other});
    next.appear();
    next.pass(minutes(1));

    BOOST_TEST(next.holds());
    BOOST_TEST(next.count(event_kind::refused) == 0U);
    next.pass(minutes(5));
    BOOST_TEST(next.igd.table.size() == 1U);
    BOOST_TEST(next.stands().lease.value().assigned.port == 3333U);
}

BOOST_AUTO_TEST_CASE(what_was_deleted_to_be_renewed_and_is_not_is_lost_and_made_again) {
    settled house;
    house.wish({exactly_22()});
    house.settle();
    house.igd.refuses_once["AddPortMapping"] = {718, 718};

    house.pass(minutes(40));

    BOOST_TEST(house.count(event_kind::lost) == 1U);
    BOOST_TEST(house.count(event_kind::acquired) == 2U);
    BOOST_TEST(house.holds());
    BOOST_TEST(house.igd.table.count(our_port) == 1U);
}

BOOST_AUTO_TEST_CASE(that_is_not_tried_again_and_again) {
    settled house;
    house.wish({exactly_22()});
    house.settle();
    auto const before = house.igd.count("AddPortMapping");
    house.igd.refuses["AddPortMapping"] = 718;

    house.pass(minutes(50));

    BOOST_TEST(!house.holds());
    BOOST_TEST(house.count(event_kind::lost) == 1U);
    BOOST_TEST(house.igd.count("AddPortMapping") - before <= 10U);
}

BOOST_AUTO_TEST_CASE(a_refused_renewal_is_none_though_the_table_shows_no_end) {
    settled house([](auto& igd) { igd.tells_no_ends = true; });
    BOOST_TEST(house.stands().lease.value().permanent);
    BOOST_TEST(house.stands().lease.value().presumed);
    auto const ends = house.stands().lease.value().expires;
    house.igd.refuses["AddPortMapping"] = 501;

    house.pass(minutes(40));

    BOOST_TEST(house.count(event_kind::renewed) == 0U);
    BOOST_TEST(house.count(event_kind::refused) == 1U);
    BOOST_TEST((house.stands().lease.value().expires == ends));
    BOOST_TEST((house.stands().state == lease_state::renewing));
    house.pass(minutes(21));
    BOOST_TEST(!house.holds());
    BOOST_TEST(house.count(event_kind::lost) == 1U);
}

BOOST_AUTO_TEST_CASE(what_stands_beyond_its_end_has_none) {
    settled house([](auto& igd) {
        igd.tells_no_ends = true;
        igd.ignores_leases = true;
    });
    house.igd.refuses["AddPortMapping"] = 501;

    house.pass(hours(20));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.stands().lease.value().permanent);
    BOOST_TEST(!house.stands().lease.value().presumed);
    BOOST_TEST(house.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_taken_to_have_no_end_is_deleted) {
    settled house([](auto& igd) {
        igd.tells_no_ends = true;
        igd.ignores_leases = true;
    });

    house.wish({});
    house.settle();

    BOOST_TEST(house.igd.table.empty());
}

BOOST_AUTO_TEST_SUITE_END()
