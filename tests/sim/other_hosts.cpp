// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// Mappings of the ports of other hosts than this one.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

mapping of_host(mapping m, std::string const& address) {
    m.internal.address = boost::asio::ip::make_address(address);
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

BOOST_FIXTURE_TEST_SUITE(other_hosts, home)

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

BOOST_AUTO_TEST_SUITE_END()
