// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "sim/upnp_home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// TCP and UDP with one external port, or none.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

std::vector<mapping> pair_of(std::uint16_t port, std::optional<std::uint16_t> suggested = {}) {
    std::vector<mapping> out = {tcp(port, suggested), udp(port, suggested)};
    for (auto& m : out) {
        m.paired = true;
    }
    return out;
}

/// The one port of both; 0: they have none.
std::uint16_t number_of(host const& h, std::string const& port = "51820") {
    auto const a = h.holds("tcp-" + port) ? h.lease_of("tcp-" + port) : std::nullopt;
    auto const b = h.holds("udp-" + port) ? h.lease_of("udp-" + port) : std::nullopt;
    auto const same = a && b && a->assigned.port == b->assigned.port;
    return same ? a->assigned.port : std::uint16_t{0};
}

/// Both are held, and differ.
bool is_split(host const& h) {
    return h.holds("tcp-51820") && h.holds("udp-51820") && number_of(h) == 0;
}

/// An external port that another host has.
void occupy(simulated_gateway& gw, transport protocol, std::uint16_t port) {
    gateway_mapping foreign;
    foreign.protocol = static_cast<std::uint8_t>(protocol);
    foreign.internal = {boost::asio::ip::make_address("192.168.1.66"), port};
    foreign.external = {boost::asio::ip::make_address("203.0.113.7"), port};
    foreign.expires = time_point::max();
    gw.put(foreign);
}

auto const each_dialect = {only_pcp, only_nat_pmp};

} // namespace

BOOST_AUTO_TEST_SUITE(pairs)

BOOST_AUTO_TEST_CASE(have_the_port_that_was_suggested) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);

        behind.hold(pair_of(51820));

        BOOST_TEST(number_of(behind.h) == 51820, behind.h.history());
        BOOST_TEST(behind.h.count(event_kind::acquired) == 2U);
    }
}

BOOST_AUTO_TEST_CASE(have_the_same_port_where_the_gateway_chooses) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);

        behind.hold(pair_of(51820, 0));

        BOOST_TEST(number_of(behind.h) != 0, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(have_another_port_where_one_of_the_two_is_taken) {
    for (auto const& protocols : each_dialect) {
        for (auto const taken : {transport::tcp, transport::udp}) {
            home behind;
            behind.speak(protocols);
            occupy(behind.gw, taken, 51820);

            behind.hold(pair_of(51820));

            BOOST_TEST(number_of(behind.h) > 51820, behind.h.history());
            BOOST_TEST(behind.gw.table().size() == 3U);
            BOOST_TEST(behind.h.count(event_kind::lost) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(have_one_port_by_upnp) {
    for (auto const taken : {transport::tcp, transport::udp}) {
        upnp_home behind;
        occupy(behind.gw, taken, 51820);

        behind.h.wants(pair_of(51820));
        behind.w.run_for(1min);

        BOOST_TEST(number_of(behind.h) != 0, behind.requests());
        BOOST_TEST(behind.gw.table().size() == 3U, behind.requests());
    }
}

BOOST_AUTO_TEST_CASE(are_not_opened_where_no_port_suits_both) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::grants_other_port);

        behind.h.wants(pair_of(51820));
        behind.w.run_for(1min);

        for (auto const* name : {"tcp-51820", "udp-51820"}) {
            BOOST_TEST(
                (behind.h.standing_of(name)->error == fault::no_common_port), behind.h.history()
            );
            BOOST_TEST((behind.h.state_of(name) == lease_state::waiting));
        }
        BOOST_TEST(behind.h.count(event_kind::acquired) == 0U);
        BOOST_TEST(behind.gw.table().empty());
        BOOST_TEST(behind.h.traffic().sent <= 40U);

        behind.gw.clear(vice::grants_other_port);
        behind.w.run_for(10min);
        BOOST_TEST(number_of(behind.h) != 0, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(are_not_opened_where_there_is_room_for_one) {
    for (auto const& protocols : each_dialect) {
        world w(1);
        gateway_options options;
        options.protocols = protocols;
        options.capacity = 1;
        auto& gw = w.add_gateway(options);
        auto& h = w.add_host("192.168.1.10");
        h.sees({view_of(gw, "192.168.1.10", "default", protocols)});

        h.wants(pair_of(51820));
        w.run_for(20s);

        BOOST_TEST(h.count(event_kind::acquired) == 0U, h.history());
        BOOST_TEST(h.count(event_kind::refused, "tcp-51820") > 0U);
        BOOST_TEST(h.count(event_kind::refused, "udp-51820") > 0U);
        BOOST_TEST(gw.table().empty());
    }
}

BOOST_AUTO_TEST_CASE(are_exact_together) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        occupy(behind.gw, transport::udp, 51820);
        auto wishes = pair_of(51820);
        for (auto& m : wishes) {
            m.exact = true;
        }

        behind.h.wants(wishes);
        behind.w.run_for(20s);

        BOOST_TEST(behind.h.count(event_kind::acquired) == 0U, behind.h.history());
        BOOST_TEST((behind.h.standing_of("tcp-51820")->error == reaction::port_taken));
        BOOST_TEST(behind.gw.table().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(keep_their_port_for_days) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        behind.hold(pair_of(51820));

        behind.w.run_for(72h);

        BOOST_TEST(number_of(behind.h) == 51820);
        BOOST_TEST(behind.h.count(event_kind::lost) == 0U, behind.h.history());
        BOOST_TEST(behind.h.count(event_kind::changed) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(have_one_port_again_after_the_gateway_forgot_it) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        behind.hold(pair_of(51820));

        behind.gw.reboot(reboot_kind::forgets, 30s);
        occupy(behind.gw, transport::udp, 51820);
        auto const split = behind.w.run_until([&] { return is_split(behind.h); }, 10min);

        BOOST_TEST(!split, behind.h.history());
        BOOST_TEST(number_of(behind.h) != 0, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(are_never_told_with_two_ports) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::short_leases, 60);
        behind.hold(pair_of(51820));
        behind.gw.set(vice::grants_other_port_each_renewal);

        auto const split = behind.w.run_until([&] { return is_split(behind.h); }, 2h);

        BOOST_TEST(!split, behind.h.history());
        behind.gw.clear(vice::grants_other_port_each_renewal);
        behind.w.run_for(15min);
        BOOST_TEST(number_of(behind.h) != 0, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(keep_their_port_over_a_restart) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        occupy(behind.gw, transport::udp, 51820);
        behind.hold(pair_of(51820));
        auto const before = number_of(behind.h);

        behind.h.restart();
        behind.w.run_for(5s);

        BOOST_TEST(number_of(behind.h) == before, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(come_of_single_mappings_and_go_back_to_them) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        behind.hold({tcp(51820)});

        behind.hold(pair_of(51820));
        BOOST_TEST(number_of(behind.h) == 51820);

        behind.hold({udp(51820)});
        BOOST_TEST(behind.gw.table().size() == 1U);
        BOOST_TEST(behind.h.count(event_kind::lost) == 0U, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(are_released_both) {
    home behind;
    behind.hold(pair_of(51820));

    behind.h.stop();
    behind.w.run_for(5s);

    BOOST_TEST(behind.gw.table().empty());
}

BOOST_AUTO_TEST_CASE(have_one_number_that_a_vpn_provider_assigned) {
    home behind;
    behind.speak(only_nat_pmp);
    behind.gw.set(vice::maps_port_zero);
    behind.gw.set(vice::short_leases, 60);
    auto wishes = pair_of(0);

    behind.h.wants(wishes);
    behind.w.run_for(1h);

    BOOST_TEST(number_of(behind.h, "0") != 0, behind.h.history());
    BOOST_TEST(behind.h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(do_not_hold_up_others) {
    home behind;
    behind.speak(only_nat_pmp);
    behind.gw.set(vice::grants_other_port);
    auto wishes = pair_of(51820);
    wishes.push_back(tcp(80));

    behind.h.wants(wishes);
    behind.w.run_for(30s);

    BOOST_TEST(behind.h.holds("tcp-80"), behind.h.history());
}

BOOST_AUTO_TEST_CASE(end_both_for_the_same_reason) {
    home behind;
    behind.speak(only_pcp);
    behind.hold(pair_of(51820));

    behind.gw.switch_on(false);
    behind.w.run_for(3h);

    for (auto const* name : {"tcp-51820", "udp-51820"}) {
        auto const lost = behind.h.last(event_kind::lost, name);
        BOOST_TEST_REQUIRE(lost.has_value(), behind.h.history());
        BOOST_TEST((lost->reason == lost_reason::expired), behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(have_the_lifetime_that_was_granted_however_late_the_second_came) {
    home behind;
    behind.speak(only_nat_pmp);
    behind.gw.set(vice::answers_late, 1500);

    behind.hold(pair_of(51820));

    BOOST_TEST((behind.h.lease_of("tcp-51820")->lifetime == 2h));
    BOOST_TEST((behind.h.lease_of("udp-51820")->lifetime == 2h));
    BOOST_TEST((behind.h.lease_of("tcp-51820")->expires < behind.h.lease_of("udp-51820")->expires));
}

BOOST_AUTO_TEST_CASE(are_kept_by_the_hundred) {
    for (auto const& protocols : each_dialect) {
        home behind;
        behind.speak(protocols);
        std::vector<mapping> wishes;
        for (std::uint16_t port = 1000; port < 1300; ++port) {
            for (auto const& m : pair_of(port)) {
                wishes.push_back(m);
            }
        }

        behind.h.wants(wishes);
        behind.w.run_for(1min);
        BOOST_TEST_REQUIRE(behind.h.holds_all());
        behind.w.run_for(24h);

        BOOST_TEST(behind.h.holds_all());
        BOOST_TEST(behind.h.count(event_kind::lost) == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
