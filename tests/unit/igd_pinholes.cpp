// SPDX-License-Identifier: MIT
#include "wire/ssdp.hpp"

#include <pmp/engine.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>
#include <vector>

// Which of those that answer a search of IPv6 is the gateway.

namespace {

using namespace pmp;
using std::chrono::seconds;

constexpr unsigned our_interface = 2;
constexpr auto firewall = "urn:schemas-upnp-org:service:WANIPv6FirewallControl:1";

ip_address address(char const* text) {
    return boost::asio::ip::make_address(text);
}

ip_address const router = boost::asio::ip::address_v6(
    boost::asio::ip::make_address_v6("fe80::1").to_bytes(), our_interface
);

/// An engine that searches a router that is known by its link-local address.
struct search_by_ipv6 {
    search_by_ipv6() {
        gateway_view view;
        view.address = router;
        view.internal = address("2001:db8::10");
        view.interface_index = our_interface;
        view.protocols = {dialect_id::igd};
        mapping wish;
        wish.name = "ssh";
        wish.family = address_family::ipv6;
        wish.internal.port = 22;
        engine.network({{view}}, now);
        engine.desire({wish}, now);
        drain();
    }

    void drain() {
        while (auto out = engine.poll()) {
            if (auto* search = std::get_if<outbound_search>(&*out)) {
                searches.push_back(std::move(*search));
            } else if (auto* wanted = std::get_if<fetch>(&*out)) {
                fetches.push_back(std::move(*wanted));
            }
        }
    }

    void hear(
        ip_address const& from,
        std::string const& target,
        std::string const& location,
        unsigned interface_index = our_interface
    ) {
        wire::ssdp::advertisement said;
        said.target = target;
        said.usn = "uuid:1::" + target;
        said.location = location;
        auto const bytes = encode(said);
        engine.advertised(
            {"default", {from, 1900}, {address("2001:db8::10"), 40000}, interface_index, bytes}, now
        );
        drain();
    }

    time_point now{std::chrono::hours(1)};
    pmp::engine engine{{}, {}, 1};
    std::vector<outbound_search> searches;
    std::vector<fetch> fetches;
};

} // namespace

BOOST_AUTO_TEST_SUITE(igd_pinholes)

BOOST_FIXTURE_TEST_CASE(asks_both_groups_and_the_router_for_firewalls, search_by_ipv6) {
    now += std::chrono::milliseconds(250);
    engine.tick(now);
    drain();

    for (auto const* to : {"ff02::c", "ff05::c"}) {
        auto const asked = std::any_of(searches.begin(), searches.end(), [&](auto const& s) {
            auto const said = wire::ssdp::decode_search(s.bytes);
            return s.destination == endpoint{address(to), 1900} && said->target == firewall;
        });
        BOOST_TEST(asked, to);
    }
    BOOST_TEST((searches.back().destination == endpoint{router, 1900}));
}

BOOST_FIXTURE_TEST_CASE(fetches_from_the_address_by_which_the_router_is_known, search_by_ipv6) {
    hear(address("2001:db8::1"), firewall, "http://[2001:db8::1]:5000/rootDesc.xml");

    BOOST_TEST_REQUIRE(fetches.size() == 1U);
    BOOST_TEST((fetches[0].server == endpoint{router, 5000}));
    BOOST_TEST((fetches[0].source == address("2001:db8::10")));
    BOOST_TEST(fetches[0].request.find("GET /rootDesc.xml") == 0U);
    BOOST_TEST(fetches[0].request.find("Host: [fe80::1]:5000\r\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(hears_the_router_whatever_it_calls_itself, search_by_ipv6) {
    hear(router, "upnp:rootdevice", "http://[2001:db8:5::1]:49000/igd.xml");

    BOOST_TEST_REQUIRE(fetches.size() == 1U);
    BOOST_TEST((fetches[0].server == endpoint{router, 49000}));
}

BOOST_FIXTURE_TEST_CASE(leaves_other_devices_alone, search_by_ipv6) {
    hear(address("2001:db8::7"), "upnp:rootdevice", "http://[2001:db8::7]:8008/tv.xml");
    hear(address("fe80::7"), "ssdp:all", "http://[fe80::7]:8008/tv.xml");

    BOOST_TEST(fetches.empty());
}

BOOST_FIXTURE_TEST_CASE(leaves_other_networks_alone, search_by_ipv6) {
    hear(router, firewall, "http://[fe80::1]:5000/rootDesc.xml", our_interface + 1);
    hear(address("192.168.1.1"), firewall, "http://192.168.1.1:5000/rootDesc.xml");

    BOOST_TEST(fetches.empty());
}

BOOST_AUTO_TEST_SUITE_END()
