// SPDX-License-Identifier: MIT
#include "sim/home.hpp"

// Pinholes for a global IPv6 address of a host, by PCP.
namespace pmp::test {

namespace {

using namespace std::chrono_literals;

constexpr auto router = "fe80::1";
constexpr auto stable = "2001:db8:1::10";
constexpr auto renumbered = "2001:db8:2::10";

mapping pinhole(std::uint16_t port) {
    auto m = udp(port);
    m.name = "pinhole-" + std::to_string(port);
    m.family = address_family::ipv6;
    return m;
}

/// A router of both families, as two simulators; the host has an address of each.
struct dual_stack {
    gateway_view v4() const { return view_of(gw4, "192.168.1.10"); }
    gateway_view v6(char const* internal = stable) const { return view_of(gw6, internal); }
    gateway_view former(char const* internal) const {
        auto view = v6(internal);
        view.former = true;
        return view;
    }

    void hold(std::vector<mapping> const& wishes) {
        h.sees({v4(), v6()});
        h.wants(wishes);
        w.run_for(5s);
        BOOST_TEST_REQUIRE(h.holds_all(), h.history());
    }

    world w{1};
    simulated_gateway& gw4 = w.add_gateway("192.168.1.1");
    simulated_gateway& gw6 = w.add_gateway(router);
    host& h = w.add_host("192.168.1.10");
};

} // namespace

BOOST_AUTO_TEST_SUITE(ipv6)

BOOST_FIXTURE_TEST_CASE(opens_a_pinhole_at_the_gateway_of_its_family, dual_stack) {
    hold({pinhole(51820)});

    auto const held = *h.lease_of("pinhole-51820");
    BOOST_TEST(to_string(held.internal) == "[2001:db8:1::10]:51820");
    BOOST_TEST(to_string(held.assigned) == "[2001:db8:1::10]:51820");
    BOOST_TEST(held.gateway.address.to_string() == router);
    BOOST_TEST(gw6.holds(held));
    BOOST_TEST(gw4.statistics().requests == 0U);
}

BOOST_FIXTURE_TEST_CASE(keeps_one_port_open_in_both_families, dual_stack) {
    hold({udp(51820), pinhole(51820)});

    BOOST_TEST(to_string(h.lease_of("udp-51820")->assigned) == "203.0.113.7:51820");
    BOOST_TEST(to_string(h.lease_of("pinhole-51820")->assigned) == "[2001:db8:1::10]:51820");
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_FIXTURE_TEST_CASE(renews_a_pinhole_from_half_of_its_lifetime_on, dual_stack) {
    hold({pinhole(51820)});
    auto const begin = w.now();

    auto const renewed =
        w.run_until([&] { return h.count(event_kind::renewed, "pinhole-51820") == 1; }, 2h);

    BOOST_TEST(renewed, h.history());
    BOOST_TEST((w.now() - begin >= 3590s), h.history());
    BOOST_TEST((w.now() - begin <= 4500s), h.history());
}

BOOST_FIXTURE_TEST_CASE(makes_a_pinhole_again_after_the_gateway_restarted, dual_stack) {
    hold({pinhole(51820)});

    gw6.reboot();
    w.run_for(10s);

    BOOST_TEST(h.count(event_kind::gateway_rebooted) == 1U, h.history());
    BOOST_TEST(h.holds("pinhole-51820"), h.history());
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_FIXTURE_TEST_CASE(restart_of_one_family_leaves_the_other_alone, dual_stack) {
    hold({udp(51820), pinhole(51820)});
    auto const before = gw4.statistics().requests;

    gw6.reboot();
    w.run_for(10s);

    BOOST_TEST(gw4.statistics().requests == before);
    BOOST_TEST(h.holds_all(), h.history());
}

BOOST_FIXTURE_TEST_CASE(moves_a_pinhole_to_a_new_prefix_and_deletes_the_old_one, dual_stack) {
    hold({pinhole(51820)});

    h.sees({v4(), v6(renumbered), former(stable)});
    w.run_for(5s);

    BOOST_TEST(to_string(h.lease_of("pinhole-51820")->assigned) == "[2001:db8:2::10]:51820");
    BOOST_TEST((gw6.find(transport::udp, stable, 51820) == nullptr));
    BOOST_TEST(w.broken_promises() == "");
}

BOOST_FIXTURE_TEST_CASE(tells_of_the_new_pinhole_last, dual_stack) {
    hold({pinhole(51820)});

    h.sees({v4(), v6(renumbered), former(stable)});
    w.run_for(1min);

    BOOST_TEST(h.count(event_kind::released) == 0U, h.history());
    BOOST_TEST(h.count(event_kind::acquired, "pinhole-51820") == 2U, h.history());
    BOOST_TEST((h.events().back().kind == event_kind::acquired), h.history());
}

BOOST_FIXTURE_TEST_CASE(a_new_address_of_this_host_is_told_as_that, dual_stack) {
    hold({pinhole(51820)});

    h.sees({v4(), v6(renumbered), former(stable)});
    w.run_for(1min);

    BOOST_TEST((h.last(event_kind::lost)->reason == lost_reason::address), h.history());
    BOOST_TEST(h.count(event_kind::gateway_lost) == 0U, h.history());
    BOOST_TEST(h.count(event_kind::gateway_found) == 1U, h.history());
}

BOOST_FIXTURE_TEST_CASE(deletes_what_an_earlier_run_opened_for_a_former_address, dual_stack) {
    hold({pinhole(51820)});

    h.crash();
    h.sees({v4(), v6(renumbered), former(stable)});
    h.start();
    w.run_for(5s);

    BOOST_TEST((gw6.find(transport::udp, stable, 51820) == nullptr));
    BOOST_TEST(h.holds("pinhole-51820"), h.history());
}

BOOST_FIXTURE_TEST_CASE(asks_nothing_for_an_address_that_is_gone, dual_stack) {
    hold({pinhole(51820)});

    h.sees({v4(), v6(renumbered)});
    w.run_for(5s);

    BOOST_TEST(h.holds("pinhole-51820"), h.history());
    BOOST_TEST((gw6.find(transport::udp, stable, 51820) != nullptr));
}

BOOST_FIXTURE_TEST_CASE(a_former_address_stays_without_traffic, dual_stack) {
    hold({pinhole(51820)});
    h.sees({v4(), v6(renumbered), former(stable)});
    w.run_for(5s);
    auto const before = h.traffic().sent;

    w.run_for(30min);

    BOOST_TEST(h.traffic().sent == before);
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_ipv4_where_the_gateway_knows_no_pinholes, dual_stack) {
    gw6.set_protocols({});
    gw6.close_port();
    h.sees({v4(), v6()});

    h.wants({udp(51820), pinhole(51820)});
    w.run_for(1min);

    BOOST_TEST(h.holds("udp-51820"), h.history());
    BOOST_TEST(!h.holds("pinhole-51820"), h.history());
    BOOST_TEST(
        h.last(event_kind::refused, "pinhole-51820")->error ==
        error_code(fault::gateway_unreachable)
    );
}

BOOST_FIXTURE_TEST_CASE(waits_for_an_ipv6_gateway_without_a_word, dual_stack) {
    h.sees({v4()});

    h.wants({pinhole(51820)});
    w.run_for(1min);

    BOOST_TEST(h.traffic().sent == 0U);
    BOOST_TEST((h.state_of("pinhole-51820") == lease_state::idle));
}

BOOST_FIXTURE_TEST_CASE(asks_no_ipv6_gateway_in_nat_pmp, dual_stack) {
    h.sees({v6()});

    h.wants({pinhole(51820)});
    w.run_for(1min);

    BOOST_TEST(gw6.statistics().nat_pmp_requests == 0U);
}

BOOST_FIXTURE_TEST_CASE(releases_pinholes_on_stop, dual_stack) {
    hold({udp(51820), pinhole(51820)});

    h.stop();
    w.run_for(3s);

    BOOST_TEST(gw6.table().empty());
    BOOST_TEST(gw4.table().empty());
}

BOOST_FIXTURE_TEST_CASE(pinholes_tell_of_no_external_address, dual_stack) {
    hold({pinhole(51820)});

    for (auto const& gateway : h.engine().gateways()) {
        BOOST_TEST(!gateway.external_address.has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace pmp::test
