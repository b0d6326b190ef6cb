// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// Which entries of a gateway's table are taken for our own, and deleted.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// Of another program of this host, which leads to the same port.
void put_torrent(upnp_home& at) {
    gateway_mapping entry;
    entry.protocol = static_cast<std::uint8_t>(transport::tcp);
    entry.internal = {boost::asio::ip::make_address("192.168.1.10"), 8000};
    entry.external = {boost::asio::ip::make_address("203.0.113.7"), 8000};
    entry.via = dialect_id::igd;
    entry.expires = time_point::max();
    entry.description = "torrent";
    at.gw.put(entry);
}

/// A run that knows nothing but that mapping, at that external address.
void start_knowing(upnp_home& at, char const* external) {
    at.h.crash();
    remembered_lease known;
    known.mapping = "tcp-8000";
    known.gateway = "default";
    known.gateway_address = at.gw.address();
    known.internal_address = at.h.address();
    known.via = dialect_id::igd;
    known.internal_port = 8000;
    known.assigned = {boost::asio::ip::make_address(external), 8000};
    known.expires = at.w.now() + 1h;
    at.h.saved().leases = {known};
    at.h.start();
}

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_own_entries)

BOOST_AUTO_TEST_CASE(a_later_run_deletes_its_own_though_descriptions_are_not_kept) {
    upnp_home at;
    at.gw.set(vice::other_descriptions);
    at.hold({tcp(8000), udp(8001)});
    at.h.crash();

    at.h.start();
    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_later_run_renews_its_own_though_descriptions_are_not_kept) {
    upnp_home at;
    at.gw.set(vice::other_descriptions);
    at.hold({tcp(8000)});

    at.h.restart();
    at.w.run_for(10s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
    BOOST_TEST(at.gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_deleted_whatever_it_is_called) {
    upnp_home at;
    put_torrent(at);
    start_knowing(at, "203.0.113.7");

    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(what_is_guessed_is_not_deleted_under_another_name) {
    upnp_home at;
    put_torrent(at);
    start_knowing(at, "0.0.0.0");

    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    BOOST_TEST(at.h.count(event_kind::released) == 1U, at.h.history());
}

BOOST_AUTO_TEST_CASE(another_programs_entry_for_the_same_port_is_not_taken_over) {
    upnp_home at;
    put_torrent(at);

    at.hold({tcp(8000)});

    BOOST_TEST(at.the_lease().assigned.port != 8000U, at.requests());
    BOOST_TEST(at.gw.find_external(transport::tcp, 8000)->description == "torrent");
}

BOOST_AUTO_TEST_CASE(a_permanent_lease_whose_deletion_is_refused_is_deleted_by_the_next_run) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000)});
    at.gw.set(vice::refuses_deletions, 606);
    at.h.stop();
    at.w.run_for(3s);
    BOOST_TEST_REQUIRE(at.h.saved().leases.size() == 1U, at.requests());
    BOOST_TEST(at.h.saved().leases.front().permanent);

    at.gw.clear(vice::refuses_deletions);
    at.h.start();
    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_lease_that_the_table_shows_without_an_end_is_deleted_by_a_later_run) {
    upnp_home at;
    at.gw.set(vice::lease_ignored);
    at.hold({tcp(8000)});
    at.h.crash();
    BOOST_TEST(at.h.saved().leases.front().permanent);
    at.w.run_for(240h);

    at.h.start();
    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
