// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// What a mapping can ask for beyond a port of this host.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

mapping of_host(mapping m, std::string const& address) {
    m.internal.address = boost::asio::ip::make_address(address);
    return m;
}

mapping only_for(mapping m, std::vector<std::string> const& remotes) {
    for (auto const& each : remotes) {
        m.allow.push_back(*parse_remote_prefix(each));
    }
    return m;
}

/// Whom the gateway lets in to that port: `198.51.100.0/120 ...`.
std::string let_in(simulated_gateway const& gw, std::uint16_t port) {
    std::string out;
    auto const* found = gw.find(transport::tcp, "192.168.1.10", port);
    for (auto const& each : found != nullptr ? found->filters : std::vector<wire::pcp::filter>{}) {
        out += (out.empty() ? "" : " ") + each.remote.to_string() + "/" +
               std::to_string(each.prefix_length);
    }
    return out;
}

/// Of whatever number the gateway assigns, as VPN providers want it.
mapping any(transport protocol) {
    mapping m;
    m.name = std::string(to_string(protocol)) + "-any";
    m.protocol = protocol;
    m.lifetime = 60s;
    return m;
}

gateway_options serving_third_parties() {
    gateway_options options;
    options.third_party = true;
    return options;
}

/// A gateway that maps for others than who asks, and one host.
struct shared_home {
    world w{1};
    simulated_gateway& gw = w.add_gateway(serving_third_parties());
    host& h = w.add_host("192.168.1.10", gw);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(extras, home)

BOOST_FIXTURE_TEST_CASE(maps_the_ports_of_another_host_by_pcp, shared_home) {
    h.wants({of_host(tcp(22), "192.168.1.20")});
    w.run_for(5s);

    BOOST_TEST_REQUIRE(h.holds("tcp-22"), h.history());
    BOOST_TEST(to_string(h.lease_of("tcp-22")->internal) == "192.168.1.20:22");
    BOOST_TEST(gw.find(transport::tcp, "192.168.1.20", 22) != nullptr);
    BOOST_TEST(gw.find(transport::tcp, "192.168.1.10", 22) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(tells_hosts_with_the_same_port_apart, shared_home) {
    auto nas = of_host(tcp(22, 2201), "192.168.1.20");
    auto printer = of_host(tcp(22, 2202), "192.168.1.21");
    nas.name = "nas";
    printer.name = "printer";

    h.wants({tcp(22), nas, printer});
    w.run_for(24h);

    BOOST_TEST_REQUIRE(h.holds_all(), h.history());
    BOOST_TEST(h.lease_of("tcp-22")->assigned.port == 22);
    BOOST_TEST(h.lease_of("nas")->assigned.port == 2201);
    BOOST_TEST(h.lease_of("printer")->assigned.port == 2202);
}

BOOST_FIXTURE_TEST_CASE(deletes_the_mapping_of_another_host, shared_home) {
    h.wants({tcp(22), of_host(tcp(23), "192.168.1.20")});
    w.run_for(5s);

    h.wants({tcp(22)});
    w.run_for(5s);

    BOOST_TEST(gw.table().size() == 1U);
    BOOST_TEST(h.holds("tcp-22"), h.history());
}

BOOST_FIXTURE_TEST_CASE(releases_after_a_restart_what_another_host_had, shared_home) {
    h.wants({of_host(tcp(22), "192.168.1.20")});
    w.run_for(5s);
    h.crash();
    h.wants({});
    h.start();

    w.run_for(5s);

    BOOST_TEST(gw.table().empty());
}

BOOST_FIXTURE_TEST_CASE(keeps_the_port_of_another_host_over_a_restart, shared_home) {
    gw.set(vice::grants_other_port);
    h.wants({of_host(tcp(22), "192.168.1.20")});
    w.run_for(5s);
    auto const before = h.lease_of("tcp-22")->assigned;

    h.restart();
    w.run_for(5s);

    BOOST_TEST_REQUIRE(h.holds("tcp-22"), h.history());
    BOOST_TEST((h.lease_of("tcp-22")->assigned == before));
}

BOOST_FIXTURE_TEST_CASE(takes_its_own_address_for_this_host, shared_home) {
    h.wants({of_host(tcp(22), "192.168.1.10")});
    w.run_for(5s);

    BOOST_TEST(h.holds("tcp-22"), h.history());
    BOOST_TEST(gw.find(transport::tcp, "192.168.1.10", 22) != nullptr);
}

BOOST_AUTO_TEST_CASE(says_that_nat_pmp_maps_for_no_other_host) {
    speak(only_nat_pmp);

    h.wants({of_host(tcp(22), "192.168.1.20"), tcp(80)});
    w.run_for(1min);

    BOOST_TEST((h.standing_of("tcp-22")->error == fault::no_third_party), h.history());
    BOOST_TEST((h.standing_of("tcp-22")->error == reaction::unsupported));
    BOOST_TEST(h.holds("tcp-80"));
    BOOST_TEST(gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(asks_again_for_another_host_every_half_hour_and_not_more_often) {
    gw.set_protocols(only_nat_pmp);

    h.wants({of_host(tcp(22), "192.168.1.20")});
    w.run_for(6h);

    BOOST_TEST(h.count(event_kind::refused) > 0U);
    BOOST_TEST(h.traffic().sent <= 40U, h.history());
}

BOOST_AUTO_TEST_CASE(says_that_the_pcp_server_maps_for_no_other_host) {
    h.wants({of_host(tcp(22), "192.168.1.20"), tcp(80)});
    w.run_for(1min);

    BOOST_TEST((h.standing_of("tcp-22")->error == fault::no_third_party), h.history());
    BOOST_TEST(h.holds("tcp-80"));
}

BOOST_FIXTURE_TEST_CASE(notices_that_a_gateway_has_learned_to_map_for_others, shared_home) {
    gw.set(vice::refuses_options);
    h.wants({of_host(tcp(22), "192.168.1.20")});
    w.run_for(1min);
    BOOST_TEST(!h.holds("tcp-22"));

    gw.clear(vice::refuses_options);
    w.run_for(1h);

    BOOST_TEST(h.holds_all(), h.history());
}

BOOST_AUTO_TEST_CASE(lets_in_the_allowed_alone) {
    hold({only_for(tcp(22), {"198.51.100.0/24", "192.0.2.7"}), tcp(80)});
    w.run_for(24h);

    BOOST_TEST(let_in(gw, 22) == "198.51.100.0/120 192.0.2.7/128");
    BOOST_TEST(let_in(gw, 80) == "");
    BOOST_TEST(h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(lets_in_as_many_prefixes_as_fit_into_a_request) {
    std::vector<std::string> many;
    for (int i = 0; i < 32; ++i) {
        many.push_back("198.51.100." + std::to_string(i));
    }
    auto ssh = only_for(tcp(22), many);
    ssh.description = std::string(1000, 'x');

    hold({ssh});

    BOOST_TEST(gw.find(transport::tcp, "192.168.1.10", 22)->filters.size() == 32U);
}

BOOST_AUTO_TEST_CASE(lets_in_others_after_a_reload) {
    hold({only_for(tcp(22), {"198.51.100.0/24"})});

    hold({only_for(tcp(22), {"192.0.2.0/24"})});
    BOOST_TEST(let_in(gw, 22) == "192.0.2.0/120");

    hold({tcp(22)});
    BOOST_TEST(let_in(gw, 22) == "");
    BOOST_TEST(gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(lets_in_others_after_a_restart) {
    hold({only_for(tcp(22), {"198.51.100.0/24"})});
    h.crash();
    h.wants({tcp(22)});
    h.start();

    w.run_for(5s);

    BOOST_TEST(h.holds("tcp-22"), h.history());
    BOOST_TEST(let_in(gw, 22) == "");
}

BOOST_AUTO_TEST_CASE(refuses_to_let_in_all) {
    for (auto const& protocols : {only_nat_pmp, only_pcp}) {
        home behind;
        behind.speak(protocols);
        behind.gw.set(vice::refuses_options);

        behind.h.wants({only_for(tcp(22), {"198.51.100.0/24"}), tcp(80)});
        behind.w.run_for(1min);

        auto const found = behind.h.standing_of("tcp-22");
        BOOST_TEST((found->error == fault::no_filter), behind.h.history());
        BOOST_TEST(behind.h.holds("tcp-80"));
        BOOST_TEST(behind.gw.table().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(does_not_take_a_mapping_without_its_filter) {
    gw.set(vice::ignores_filters);

    h.wants({only_for(tcp(22), {"198.51.100.0/24"})});
    w.run_for(1min);

    BOOST_TEST((h.standing_of("tcp-22")->error == fault::no_filter), h.history());
    BOOST_TEST(h.count(event_kind::acquired) == 0U);
    BOOST_TEST(gw.table().empty());
}

BOOST_AUTO_TEST_CASE(lets_in_all_where_it_may) {
    auto ssh = only_for(tcp(22), {"198.51.100.0/24"});
    ssh.allow_unfiltered = true;
    for (auto const id : {vice::refuses_options, vice::ignores_filters}) {
        for (auto const& protocols : {only_nat_pmp, only_pcp}) {
            home behind;
            behind.speak(protocols);
            behind.gw.set(id);

            behind.hold({ssh});
            behind.w.run_for(24h);

            BOOST_TEST(behind.h.holds_all(), behind.h.history());
        }
    }
}

BOOST_AUTO_TEST_CASE(asks_at_once_when_it_may_let_in_all) {
    speak(only_nat_pmp);
    auto ssh = only_for(tcp(22), {"198.51.100.0/24"});
    h.wants({ssh});
    w.run_for(1min);

    ssh.allow_unfiltered = true;

    hold({ssh});
}

BOOST_AUTO_TEST_CASE(gets_the_number_that_a_vpn_provider_assigns) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);

    hold({any(transport::tcp)});
    auto const granted = *h.lease_of("tcp-any");
    w.run_for(24h);

    BOOST_TEST(granted.assigned.port != 0);
    BOOST_TEST(granted.internal.port == granted.assigned.port);
    BOOST_TEST((h.last(event_kind::acquired)->lease->internal == granted.internal));
    BOOST_TEST((granted.lifetime == 60s));
    BOOST_TEST((h.lease_of("tcp-any")->assigned == granted.assigned));
    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
    auto const asked = requests_since(time_point::min());
    auto const first = std::find_if(asked.begin(), asked.end(), [](exchange const& e) {
        return e.kind == request_kind::map;
    });
    BOOST_TEST_REQUIRE((first != asked.end()));
    BOOST_TEST(first->internal.port == 0);
    BOOST_TEST(first->suggested.port == 1);
    BOOST_TEST(first->lifetime == 60U);
}

BOOST_AUTO_TEST_CASE(tells_of_another_number_that_a_vpn_provider_assigns) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);
    hold({any(transport::tcp)});

    gw.set(vice::grants_other_port_each_renewal);
    w.run_for(1min);

    BOOST_TEST(h.count(event_kind::changed) > 0U, h.history());
    auto const now = *h.lease_of("tcp-any");
    BOOST_TEST(now.internal.port == now.assigned.port);
}

// The host of the simulation breaks where a deletion of all mappings is sent.
BOOST_AUTO_TEST_CASE(never_deletes_what_a_vpn_provider_assigned) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);
    hold({any(transport::tcp), any(transport::udp)});

    h.wants({any(transport::udp)});
    BOOST_TEST((h.last(event_kind::released, "tcp-any")->error == fault::left_to_expire));
    h.stop();
    w.run_for(10s);
    h.wants({});
    h.start();
    w.run_for(2min);

    BOOST_TEST(count(dialect_id::nat_pmp, request_kind::remove) == 0U);
    BOOST_TEST(count(dialect_id::nat_pmp, request_kind::remove_all) == 0U);
    BOOST_TEST(gw.table().empty());
    BOOST_TEST(h.count(event_kind::released) == 2U, h.history());
}

BOOST_AUTO_TEST_CASE(gets_the_same_number_again_after_a_restart) {
    speak(only_nat_pmp);
    gw.set(vice::maps_port_zero);
    gw.set(vice::short_leases, 60);
    hold({any(transport::tcp)});
    auto const before = h.lease_of("tcp-any")->assigned;

    h.restart();
    w.run_for(5s);

    BOOST_TEST_REQUIRE(h.holds("tcp-any"), h.history());
    BOOST_TEST((h.lease_of("tcp-any")->assigned == before));
}

BOOST_AUTO_TEST_CASE(says_that_pcp_does_not_leave_the_internal_port_to_the_gateway) {
    speak(only_pcp);
    h.wants({any(transport::tcp)});
    w.run_for(1min);

    BOOST_TEST(!h.holds("tcp-any"));
    BOOST_TEST(h.traffic().sent == 0U);
}

BOOST_AUTO_TEST_CASE(tells_a_pcp_server_what_a_mapping_is_for) {
    auto ssh = tcp(22);
    ssh.description = "ssh to the NAS";

    hold({ssh, tcp(80)});

    BOOST_TEST(gw.find(transport::tcp, "192.168.1.10", 22)->description == "ssh to the NAS  ");
    BOOST_TEST(gw.find(transport::tcp, "192.168.1.10", 80)->description == "pmpd tcp-80 ");
}

BOOST_AUTO_TEST_CASE(describes_in_whole_words_for_servers_that_know_no_padding) {
    std::vector<mapping> wanted{tcp(2), tcp(22), tcp(222), tcp(2222)};

    hold(wanted);

    for (auto const& each : wanted) {
        BOOST_TEST(
            gw.find(transport::tcp, "192.168.1.10", each.internal.port)->description.size() % 4 ==
            0U
        );
    }
}

BOOST_AUTO_TEST_CASE(cuts_a_description_that_is_too_long_for_the_wire) {
    auto ssh = tcp(22);
    for (int i = 0; i < 1000; ++i) {
        ssh.description += "\u00e4";
    }

    hold({ssh});

    auto const& stored = gw.find(transport::tcp, "192.168.1.10", 22)->description;
    BOOST_TEST(stored.size() == 200U);
    BOOST_TEST(ssh.description.compare(0, stored.size(), stored) == 0);
}

BOOST_AUTO_TEST_CASE(does_without_descriptions_where_the_gateway_refuses_options) {
    gw.set(vice::refuses_options);

    hold(mappings(20));
    w.run_for(24h);

    BOOST_TEST(h.holds_all(), h.history());
    BOOST_TEST(h.count(event_kind::refused) == 0U);
}

BOOST_AUTO_TEST_CASE(does_without_descriptions_where_the_gateway_drops_options) {
    speak(only_pcp);
    gw.set(vice::drops_options);

    h.wants(mappings(4));
    w.run_for(30s);
    BOOST_TEST(h.holds_all(), h.history());
    w.run_for(24h);

    BOOST_TEST(h.count(event_kind::lost) == 0U, h.history());
}

BOOST_AUTO_TEST_SUITE_END()
