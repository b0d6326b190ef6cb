// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>

// The gateway of the LAN, and that of a VPN behind another interface.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

struct two_uplinks {
    two_uplinks() {
        see_both();
        torrent.gateway = "vpn";
    }

    /// ProtonVPN: NAT-PMP alone, a minute each.
    static gateway_options of_vpn() {
        gateway_options out;
        out.address = boost::asio::ip::make_address("10.2.0.1");
        out.external = boost::asio::ip::make_address("203.0.113.99");
        out.protocols = {dialect_id::nat_pmp};
        out.uptime = 1000s;
        return out;
    }

    gateway_view of_lan() const { return view_of(lan, "192.168.1.10"); }
    gateway_view behind_vpn() const { return view_of(vpn, "10.2.0.2", "vpn", only_nat_pmp); }
    void see_both() { h.sees({of_lan(), behind_vpn()}); }

    void hold_both() {
        vpn.set(vice::short_leases, 60);
        h.wants({ssh, torrent});
        w.run_for(5s);
        BOOST_TEST_REQUIRE(h.holds_all(), h.history());
    }

    std::size_t requests_to(simulated_gateway const& gateway) const {
        return gateway.statistics().requests;
    }

    world w{1};
    simulated_gateway& lan = w.add_gateway("192.168.1.1", 1);
    simulated_gateway& vpn = w.add_gateway(of_vpn(), 2);
    host& h = w.add_host("192.168.1.10");
    mapping ssh = tcp(22);
    mapping torrent = tcp(6881);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(two_gateways, two_uplinks)

BOOST_AUTO_TEST_CASE(are_asked_each_from_its_own_address) {
    hold_both();
    w.run_for(1h);

    auto const from = [](simulated_gateway const& gateway, std::string const& address) {
        auto const& all = gateway.exchanges();
        return std::all_of(all.begin(), all.end(), [&](exchange const& e) {
            return e.kind != request_kind::map || e.internal.address.to_string() == address;
        });
    };
    BOOST_TEST(from(lan, "192.168.1.10"));
    BOOST_TEST(from(vpn, "10.2.0.2"));
    BOOST_TEST(h.lease_of("tcp-22")->assigned.address.to_string() == "203.0.113.7");
    BOOST_TEST(h.lease_of("tcp-6881")->assigned.address.to_string() == "203.0.113.99");
    BOOST_TEST((h.lease_of("tcp-6881")->lifetime == 60s));
    BOOST_TEST((h.lease_of("tcp-22")->lifetime == 2h));
}

BOOST_AUTO_TEST_CASE(have_an_epoch_each) {
    hold_both();

    vpn.reboot();
    w.run_for(2min);

    BOOST_TEST(h.count(event_kind::gateway_rebooted) == 1U, h.history());
    BOOST_TEST(h.last(event_kind::gateway_rebooted)->gateway == "vpn");
    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(requests_to(lan) <= 3U);
    BOOST_TEST(h.count(event_kind::renewed, "tcp-22") == 0U);
}

BOOST_AUTO_TEST_CASE(do_not_wait_for_each_other_at_the_start) {
    for (bool const is_lan : {true, false}) {
        two_uplinks behind;
        auto& silent = is_lan ? behind.lan : behind.vpn;
        silent.set(vice::silent);

        behind.h.wants({behind.ssh, behind.torrent});
        behind.w.run_for(1s);

        BOOST_TEST(behind.h.holds("tcp-22") == !is_lan, behind.h.history());
        BOOST_TEST(behind.h.holds("tcp-6881") == is_lan, behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(do_not_disturb_each_other_where_one_is_down_for_a_day) {
    for (bool const is_lan : {true, false}) {
        two_uplinks behind;
        behind.hold_both();
        auto& down = is_lan ? behind.lan : behind.vpn;
        std::string const other = is_lan ? "tcp-6881" : "tcp-22";

        down.switch_on(false);
        behind.w.run_for(24h);

        BOOST_TEST(behind.h.holds(other), behind.h.history());
        BOOST_TEST(behind.h.count(event_kind::lost, other) == 0U);
        BOOST_TEST(behind.h.count(event_kind::gateway_silent) == 1U);
        down.switch_on();
        behind.w.run_for(20min);
        BOOST_TEST(behind.h.holds_all(), behind.h.history());
    }
}

BOOST_AUTO_TEST_CASE(come_and_go_by_themselves) {
    hold_both();

    h.sees({of_lan()});
    w.run_for(10min);
    BOOST_TEST(h.last(event_kind::lost)->mapping == "tcp-6881");
    BOOST_TEST((h.last(event_kind::lost)->reason == lost_reason::gateway));
    BOOST_TEST(h.count(event_kind::lost, "tcp-22") == 0U);

    see_both();
    w.run_for(5s);
    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(h.count(event_kind::acquired, "tcp-22") == 1U);
}

BOOST_AUTO_TEST_CASE(may_map_the_same_port) {
    auto both = ssh;
    both.name = "by-vpn";
    both.gateway = "vpn";

    h.wants({ssh, both});
    w.run_for(1h);
    BOOST_TEST(h.holds_all(), h.history());

    h.wants({ssh});
    w.run_for(10s);
    BOOST_TEST(vpn.table().empty());
    BOOST_TEST(lan.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(release_within_the_grace_though_one_is_down) {
    hold_both();
    vpn.switch_on(false);

    h.stop(2s);
    w.run_for(3s);

    BOOST_TEST(!h.is_running());
    BOOST_TEST(lan.table().empty());
}

BOOST_AUTO_TEST_SUITE_END()
