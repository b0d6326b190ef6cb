// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// Routers whose table tells another internal client than they were given, or none.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// What `untold_client` tells: 0.0.0.0, nothing, a name.
constexpr auto ways = {0, 1, 2};

gateway_mapping tcp_8000_of(char const* host, char const* description) {
    gateway_mapping out;
    out.protocol = static_cast<std::uint8_t>(transport::tcp);
    out.internal = {boost::asio::ip::make_address(host), 8000};
    out.external = {boost::asio::ip::make_address("203.0.113.7"), 8000};
    out.via = dialect_id::igd;
    out.expires = time_point::max();
    out.description = description;
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_untold)

BOOST_AUTO_TEST_CASE(what_was_granted_is_held_though_its_client_is_not_told) {
    for (auto const way : ways) {
        upnp_home at;
        at.gw.set(vice::untold_client, way);

        at.hold({tcp(8000)});

        BOOST_TEST(at.the_lease().assigned.port == 8000U, way << '\n' << at.requests());
        BOOST_TEST((at.the_lease().verified == verification::read_back), way);
        BOOST_TEST(at.gw.table().size() == 1U, way << '\n' << at.requests());
        at.w.run_for(6h);
        BOOST_TEST(at.the_lease().assigned.port == 8000U, way << '\n' << at.requests());
        BOOST_TEST(at.gw.table().size() == 1U, way << '\n' << at.requests());
        BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
        BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
    }
}

BOOST_AUTO_TEST_CASE(it_is_so_though_descriptions_are_not_kept_either) {
    for (auto const way : ways) {
        upnp_home at;
        at.gw.set(vice::untold_client, way);
        at.gw.set(vice::other_descriptions);

        at.hold({tcp(8000)});
        at.w.run_for(6h);
        at.h.restart();
        at.w.run_for(10s);

        BOOST_TEST_REQUIRE(at.h.holds_all(), way << '\n' << at.requests());
        BOOST_TEST(at.the_lease().assigned.port == 8000U, way << '\n' << at.requests());
        BOOST_TEST(at.gw.table().size() == 1U, way << '\n' << at.requests());
    }
}

BOOST_AUTO_TEST_CASE(nothing_of_it_stays_after_a_stop_or_a_crash) {
    for (auto const way : ways) {
        for (auto const crashes : {false, true}) {
            upnp_home at;
            at.gw.set(vice::untold_client, way);
            at.gw.set(vice::permanent_only);
            at.hold({tcp(8000), udp(8001)});
            crashes ? at.h.crash() : at.h.stop();
            at.w.run_for(3s);
            BOOST_TEST(at.gw.table().size() == (crashes ? 2U : 0U), way << '\n' << at.requests());

            at.h.start();
            at.h.wants({});
            at.w.run_for(1min);

            BOOST_TEST(at.gw.table().empty(), way << '\n' << at.requests());
        }
    }
}

BOOST_AUTO_TEST_CASE(another_hosts_entry_of_the_same_name_is_neither_taken_nor_deleted) {
    for (auto const way : ways) {
        upnp_home at;
        at.gw.set(vice::untold_client, way);
        at.gw.put(tcp_8000_of("192.168.1.66", "pmpd tcp-8000"));

        at.hold({tcp(8000)});
        at.h.wants({});
        at.w.run_for(1min);

        BOOST_TEST(at.count(request_kind::remove) == 1U, way << '\n' << at.requests());
        BOOST_TEST_REQUIRE(at.gw.table().size() == 1U, way << '\n' << at.requests());
        BOOST_TEST((
            at.gw.table().front().internal.address == boost::asio::ip::make_address("192.168.1.66")
        ));
    }
}

BOOST_AUTO_TEST_CASE(another_description_at_the_port_is_another_entry) {
    for (auto const way : ways) {
        upnp_home at;
        at.gw.set(vice::untold_client, way);
        at.gw.put(tcp_8000_of("192.168.1.66", "nas"));

        at.hold({tcp(8000)});

        BOOST_TEST(at.the_lease().assigned.port != 8000U, way << '\n' << at.requests());
        BOOST_TEST(at.is_foreign(8000));
    }
}

BOOST_AUTO_TEST_CASE(what_is_shown_to_be_another_hosts_is_taken_back) {
    for (auto const& vices : {std::vector<vice>{}, {vice::permanent_only}}) {
        upnp_home at;
        at.gw.set(vice::other_client);
        for (auto const each : vices) {
            at.gw.set(each);
        }
        at.h.wants({tcp(8000)});

        at.w.run_for(10s);

        BOOST_TEST_REQUIRE(at.h.count(event_kind::refused) == 1U, at.requests());
        BOOST_TEST((at.h.last(event_kind::refused)->error == fault::foreign_entry), at.requests());
        BOOST_TEST((at.h.last(event_kind::refused)->error == reaction::port_taken));
        BOOST_TEST(at.gw.table().empty(), at.requests());
        at.w.run_for(6h);
        BOOST_TEST(at.gw.table().empty(), at.requests());
        BOOST_TEST(at.count(request_kind::map) <= 200U, at.requests());
    }
}

BOOST_AUTO_TEST_CASE(what_could_not_be_taken_back_is_later) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.gw.set(vice::other_client);
    at.gw.set(vice::refuses_deletions, 501);
    at.h.wants({tcp(8000)});
    at.w.run_for(20min);
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    at.gw.clear(vice::refuses_deletions);
    at.gw.clear(vice::other_client);

    at.h.wants({});
    at.w.run_for(10min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(an_exact_port_of_another_host_is_not_told_as_an_answer_of_the_gateway) {
    upnp_home at;
    at.occupy(8000);
    auto wish = tcp(8000);
    wish.exact = true;
    at.h.wants({wish});

    at.w.run_for(10s);

    BOOST_TEST_REQUIRE(at.h.count(event_kind::refused) == 1U, at.requests());
    BOOST_TEST((at.h.last(event_kind::refused)->error == fault::foreign_entry), at.h.history());
    BOOST_TEST(at.count(request_kind::map) == 0U, at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
