// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "support/printers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// What gateways are told that mappings are for.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

} // namespace

BOOST_FIXTURE_TEST_SUITE(descriptions, home)

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
