// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

// What becomes of leases while gateways restart, forget and lose their connection.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

struct keeping : upnp_home {
    keeping() : upnp_home() {
        // What nobody multicasts has to be found out.
        gw.set(vice::announces_nothing);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(upnp_keeping, keeping)

BOOST_AUTO_TEST_CASE(leases_are_renewed_for_a_month) {
    hold({tcp(8000), udp(8001)});

    w.run_for(720h);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(h.count(event_kind::lost) == 0U);
    BOOST_TEST(h.count(event_kind::changed) == 0U);
    BOOST_TEST(w.broken_promises() == "");
    BOOST_TEST(gw.table().size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_entry_that_vanishes_is_made_again) {
    hold({tcp(8000)});
    gw.forget();

    w.run_for(11min);

    BOOST_TEST(gw.holds(the_lease()), requests());
    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
    BOOST_TEST_REQUIRE(h.count(event_kind::renewed) == 1U);
    BOOST_TEST(h.last(event_kind::renewed)->recovered);
}

BOOST_AUTO_TEST_CASE(entries_are_looked_at_as_often_as_is_wished) {
    engine_settings often;
    often.verify = 60s;
    upnp_home at(only_igd, only_igd, 1, often);
    at.gw.set(vice::announces_nothing);
    at.hold({tcp(8000)});
    at.gw.forget();

    at.w.run_for(70s);

    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_CASE(nothing_is_looked_at_where_that_is_not_wished) {
    engine_settings never;
    never.verify = 0s;
    upnp_home at(only_igd, only_igd, 1, never);
    at.hold({tcp(8000)});
    auto const before = at.count(request_kind::look);

    at.w.run_for(25min);

    BOOST_TEST(at.count(request_kind::look) == before, at.requests());
}

BOOST_AUTO_TEST_CASE(how_often_is_looked_may_change) {
    hold({tcp(8000)});
    auto const looks = [this] { return count(request_kind::look); };
    h.engine().verify_every(0s, w.now());
    h.drain();
    auto const before = looks();
    w.run_for(25min);
    BOOST_TEST(looks() == before, requests());

    h.engine().verify_every(10s, w.now());
    h.drain();
    w.run_for(65s);

    BOOST_TEST(looks() == before + 6, requests());
}

BOOST_AUTO_TEST_CASE(leases_of_better_protocols_are_looked_at_too) {
    upnp_home at(all_dialects, all_dialects);
    at.gw.set(vice::epoch_is_host_uptime);
    at.gw.set(vice::announces_nothing);
    at.hold({tcp(8000)});
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::pcp));
    at.w.run_for(11min);
    BOOST_TEST((at.the_lease().verified == verification::read_back), at.requests());

    // Its epoch says nothing, and its table is empty.
    at.gw.reboot();
    at.w.run_for(11min);

    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::pcp));
}

BOOST_AUTO_TEST_CASE(a_restart_shows_in_the_uptime) {
    hold({tcp(8000)});

    gw.reboot();
    w.run_for(11min);

    BOOST_TEST(gw.holds(the_lease()), requests());
    BOOST_TEST(h.count(event_kind::gateway_rebooted) == 1U, h.history());
    BOOST_TEST(h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(a_restart_that_keeps_the_table_makes_no_noise) {
    hold({tcp(8000)});

    gw.reboot(reboot_kind::keeps);
    w.run_for(11min);

    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
    BOOST_TEST(h.count(event_kind::changed) == 0U, h.history());
    BOOST_TEST(h.holds_all());
}

BOOST_AUTO_TEST_CASE(a_restart_at_another_port_is_searched_at_the_first_failure) {
    gw.set(vice::http_new_port);
    hold({tcp(8000)});
    gw.reboot();
    auto const searches = h.traffic().searches;

    // The first look, which fails, and no second one.
    auto const found = w.run_until([&] { return gw.holds(the_lease()); }, 11min);

    BOOST_TEST(found, requests());
    BOOST_TEST(h.traffic().searches > searches);
    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
}

BOOST_AUTO_TEST_CASE(a_restart_that_is_notified_is_noticed_at_once) {
    gw.clear(vice::announces_nothing);
    gw.set(vice::http_new_port);
    hold({tcp(8000)});

    gw.reboot();
    w.run_for(10s);

    BOOST_TEST(gw.holds(the_lease()), requests());
    BOOST_TEST(h.count(event_kind::gateway_rebooted) == 1U, h.history());
    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
}

BOOST_AUTO_TEST_CASE(announcements_of_protocols_that_are_not_allowed_are_a_reason_to_look) {
    upnp_home at(all_dialects, only_igd);
    at.hold({tcp(8000)});
    at.gw.set_protocols({dialect_id::pcp});
    at.gw.forget();

    at.gw.announce();
    at.gw.set_protocols(all_dialects);
    at.w.run_for(10s);

    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_CASE(notifications_of_others_change_nothing) {
    hold({tcp(8000)});
    wire::ssdp::advertisement lie;
    lie.kind = wire::ssdp::advertisement_kind::byebye;
    lie.target = "upnp:rootdevice";
    lie.usn = "uuid:6f3a1c52-0b7d-4e58-9a41-d0c5b2e7f913::upnp:rootdevice";
    auto const before = h.traffic().fetches;

    w.net().send(
        1,
        {{boost::asio::ip::make_address("192.168.1.66"), 1900}, wire::ssdp::group_v4(), encode(lie)}
    );
    w.run_for(10s);

    BOOST_TEST(h.traffic().fetches == before, requests());
    BOOST_TEST(h.holds_all());
}

BOOST_AUTO_TEST_CASE(a_flood_of_forged_notifications_makes_no_storm) {
    hold({tcp(8000)});
    wire::ssdp::advertisement lie;
    lie.kind = wire::ssdp::advertisement_kind::byebye;
    lie.target = "upnp:rootdevice";
    lie.usn = "uuid:6f3a1c52-0b7d-4e58-9a41-d0c5b2e7f913::upnp:rootdevice";
    auto const before = h.traffic().searches + h.traffic().fetches;

    for (auto i = 0; i < 600; ++i) {
        w.net().send(1, {{gw.address(), 1900}, wire::ssdp::group_v4(), encode(lie)});
        w.run_for(100ms);
    }

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(h.traffic().searches + h.traffic().fetches - before <= 400U);
}

BOOST_AUTO_TEST_CASE(a_gateway_that_is_off_for_an_hour_is_found_again) {
    hold({tcp(8000)});
    gw.switch_on(false);
    gw.forget();
    w.run_for(3h);
    BOOST_TEST(!h.holds("tcp-8000"));
    auto const searched = h.traffic().searches;
    BOOST_TEST(searched < 600U);

    gw.switch_on();
    w.run_for(21min);

    BOOST_TEST(h.holds_all(), requests());
}

BOOST_AUTO_TEST_CASE(connections_that_hang_do_no_harm) {
    hold({tcp(8000)});
    gw.set(vice::loses_every, 7);

    w.run_for(24h);

    BOOST_TEST(h.count(event_kind::lost) == 0U, requests());
    gw.clear(vice::loses_every);
    w.run_for(21min);
    BOOST_TEST(h.holds_all(), requests());
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(leases_are_made_and_kept_where_each_so_manieth_request_is_lost) {
    for (auto const every : {2, 3, 4, 5, 6, 7, 8, 9}) {
        for (auto const& protocols : {only_igd, all_dialects}) {
            upnp_home at(only_igd, protocols);
            at.gw.set(vice::announces_nothing);
            at.gw.set(vice::loses_every, every);
            at.h.wants({tcp(8000), udp(8001)});
            at.w.run_for(15min);
            BOOST_TEST(at.h.holds_all(), every << '\n' << at.h.history());

            at.w.run_for(72h);

            BOOST_TEST(at.h.holds_all(), every << '\n' << at.h.history());
            BOOST_TEST(at.h.count(event_kind::lost) == 0U, every << '\n' << at.h.history());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_third_of_segments_lost_for_a_week_loses_no_lease) {
    w.net().conditions().loss = 0.33;
    h.wants({tcp(8000), udp(8001)});

    w.run_for(168h);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(h.count(event_kind::lost) <= 2U, h.history());
}

BOOST_AUTO_TEST_CASE(nothing_is_mapped_while_there_is_no_connection) {
    for (auto const how : {vice::no_external_address, vice::empty_external_address}) {
        upnp_home at;
        at.gw.set(how);
        at.h.wants({tcp(8000)});
        at.w.run_for(10min);
        BOOST_TEST(!at.h.holds("tcp-8000"));
        BOOST_TEST(
            (at.h.last(event_kind::refused)->error == fault::no_external_address), at.requests()
        );
        BOOST_TEST(at.gw.table().empty(), at.requests());

        at.gw.clear(how);
        at.w.run_for(1min);

        BOOST_TEST(at.h.holds_all(), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_new_external_address_is_told) {
    hold({tcp(8000)});

    gw.set_external_address("203.0.113.99");
    w.run_for(11min);

    BOOST_TEST(the_lease().assigned.address.to_string() == "203.0.113.99", requests());
    BOOST_TEST(h.count(event_kind::external_address_changed) == 1U, h.history());
    BOOST_TEST(h.count(event_kind::changed) == 1U, h.history());
}

BOOST_AUTO_TEST_CASE(a_private_external_address_is_taken_and_told) {
    upnp_home at;
    at.gw.set_external_address("10.0.0.5");

    at.hold({tcp(8000)});

    BOOST_TEST(at.the_lease().assigned.address.to_string() == "10.0.0.5");
}

BOOST_AUTO_TEST_CASE(a_laptop_that_sleeps_finds_what_is_left) {
    hold({tcp(8000)});

    h.suspend(3h);
    w.run_for(3h + 1min);

    BOOST_TEST(h.holds_all(), requests());
    BOOST_TEST(h.count(event_kind::lost) == 1U, h.history());
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(everything_is_deleted_at_the_end_in_little_time) {
    std::vector<mapping> many;
    for (std::uint16_t i = 0; i < 20; ++i) {
        many.push_back(tcp(static_cast<std::uint16_t>(8000 + i)));
    }
    hold(many);
    gw.set(vice::answers_late, 700);

    h.stop();
    w.run_for(5s);

    BOOST_TEST(gw.table().empty(), requests());
}

BOOST_AUTO_TEST_SUITE_END()
