// SPDX-License-Identifier: MIT
#include "unit/igd_house.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

// What a mapping can ask of UPnP beyond a port of this host.

using namespace pmp;
using pmp::test::igd_house;
using pmp::test::tcp_22;
using std::chrono::hours;

namespace {

mapping of_nas() {
    auto wish = tcp_22();
    wish.name = "nas";
    wish.internal.address = boost::asio::ip::make_address("192.168.1.20");
    wish.suggested.port = 2223;
    return wish;
}

/// The host that the entry of that external port leads to.
std::string client_of(igd_house const& house, std::uint16_t port) {
    auto const at = house.igd.table.find({transport::tcp, port});
    return at != house.igd.table.end() ? to_string(at->second.internal) : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(igd_extras)

BOOST_AUTO_TEST_CASE(maps_a_port_of_another_host_beside_the_own) {
    igd_house house;
    house.appear();
    house.wish({tcp_22(), of_nas()});
    house.pass(hours(5));

    BOOST_TEST(house.holds(0));
    BOOST_TEST(house.holds(1));
    BOOST_TEST(client_of(house, 2222) == "192.168.1.10:22");
    BOOST_TEST(client_of(house, 2223) == "192.168.1.20:22");
    BOOST_TEST(to_string(house.stands(1).lease->internal) == "192.168.1.20:22");
    BOOST_TEST(house.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(deletes_the_entry_of_another_host_alone) {
    igd_house house;
    house.appear();
    house.wish({tcp_22(), of_nas()});
    house.settle();

    house.wish({tcp_22()});
    house.settle();

    BOOST_TEST(client_of(house, 2222) == "192.168.1.10:22");
    BOOST_TEST(client_of(house, 2223) == "");
}

BOOST_AUTO_TEST_CASE(maps_for_another_host_what_nat_pmp_cannot) {
    igd_house house({dialect_id::nat_pmp, dialect_id::igd});
    house.appear();
    house.wish({of_nas()});
    house.settle();

    BOOST_TEST(house.holds(0));
    BOOST_TEST(client_of(house, 2223) == "192.168.1.20:22");
    BOOST_TEST(house.datagrams.empty());
}

BOOST_AUTO_TEST_CASE(says_that_nothing_maps_for_another_host_where_there_is_no_upnp) {
    igd_house house({dialect_id::nat_pmp, dialect_id::igd});
    house.igd.silent = true;
    house.igd.dead = true;
    house.appear();
    house.wish({of_nas()});
    house.pass(std::chrono::minutes(2));

    BOOST_TEST(!house.holds(0));
    BOOST_TEST((house.stands(0).error == fault::no_third_party));
}

BOOST_AUTO_TEST_CASE(lets_in_one_remote_host) {
    auto wish = tcp_22();
    wish.allow = {*parse_remote_prefix("198.51.100.9")};
    igd_house house;
    house.appear();
    house.wish({wish});
    house.pass(hours(5));

    BOOST_TEST(house.holds());
    BOOST_TEST(house.igd.table.begin()->second.remote_host == "198.51.100.9");

    house.wish({});
    house.settle();
    BOOST_TEST(house.igd.table.empty());
}

BOOST_AUTO_TEST_CASE(refuses_to_let_in_more_than_one_remote_host_by_upnp) {
    auto wish = tcp_22();
    wish.allow = {*parse_remote_prefix("198.51.100.0/24")};
    igd_house house;
    house.appear();
    house.wish({wish});
    house.settle();

    BOOST_TEST((house.stands().error == fault::no_filter));
    BOOST_TEST(house.igd.table.empty());
}

BOOST_AUTO_TEST_CASE(lets_in_all_by_upnp_where_it_may) {
    for (auto const* allowed : {"198.51.100.9", "198.51.100.0/24"}) {
        for (int const code : {726, 402}) {
            auto wish = tcp_22();
            wish.allow = {*parse_remote_prefix(allowed)};
            wish.allow_unfiltered = true;
            igd_house house;
            house.igd.refuses_remote_hosts = code;
            house.appear();
            house.wish({wish});
            house.settle();

            BOOST_TEST(house.holds());
            BOOST_TEST(house.igd.table.begin()->second.remote_host == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_where_the_gateway_takes_no_remote_host) {
    auto wish = tcp_22();
    wish.allow = {*parse_remote_prefix("198.51.100.9")};
    igd_house house;
    house.igd.refuses_remote_hosts = 726;
    house.appear();
    house.wish({wish});
    house.settle();

    BOOST_TEST((house.stands().error == fault::no_filter));
    BOOST_TEST(house.igd.table.empty());
}

BOOST_AUTO_TEST_CASE(writes_the_description_of_the_mapping) {
    auto wish = tcp_22();
    wish.description = "ssh to the NAS";
    igd_house house;
    house.appear();
    house.wish({wish});
    house.settle();

    BOOST_TEST(house.igd.table.begin()->second.description == "ssh to the NAS");
}

BOOST_AUTO_TEST_SUITE_END()
