// SPDX-License-Identifier: MIT
#include "sim/home.hpp"
#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// Gives the engine a datagram that came over the network as told.
std::optional<ignore_reason> hear(
    home& home,
    std::string const& from,
    std::uint16_t port,
    wire::bytes const& bytes,
    bool multicast
) {
    inbound_datagram in;
    in.gateway = multicast ? "" : "default";
    in.source = {boost::asio::ip::make_address(from), port};
    in.destination = multicast
                         ? endpoint{boost::asio::ip::make_address("224.0.0.1"), announcement_port}
                         : endpoint{home.h.address(), 40000};
    in.bytes = bytes;
    auto const ignored = home.h.engine().datagram(in, home.w.now());
    home.h.drain();
    return ignored;
}

wire::bytes announcement(std::uint32_t epoch) {
    wire::pcp::response r;
    r.epoch = epoch;
    r.body = wire::pcp::announce_body{};
    return wire::pcp::encode(r);
}

wire::bytes
grant(std::uint16_t internal, std::uint16_t external, wire::pcp::nonce const& nonce = {}) {
    wire::pcp::map_body map;
    map.nonce = nonce;
    map.protocol = 6;
    map.internal_port = internal;
    map.external = {boost::asio::ip::make_address("203.0.113.66"), external};
    wire::pcp::response r;
    r.lifetime = 3600;
    r.epoch = 1;
    r.body = map;
    return wire::pcp::encode(r);
}

/// NAT-PMP has no nonce.
wire::bytes nat_pmp_grant(std::uint16_t internal, std::uint16_t external) {
    return wire::natpmp::encode(wire::natpmp::response(wire::natpmp::map_response{
        transport::tcp, 0, 5, true, internal, external, 3600}));
}

wire::bytes nat_pmp_address(std::string const& address) {
    return wire::natpmp::encode(wire::natpmp::response(wire::natpmp::address_response{
        0, 5, boost::asio::ip::make_address_v4(address)}));
}

wire::bytes nat_pmp_denial() {
    return wire::natpmp::encode(wire::natpmp::response(wire::natpmp::version_response{128, 5}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_neighbour)

BOOST_AUTO_TEST_CASE(cannot_steal_a_lease) {
    home home;
    home.hold({tcp(8000)});
    auto const before = home.assigned();
    auto const events = home.h.events().size();

    BOOST_TEST(
        (hear(home, "192.168.1.66", 5351, grant(8000, 666), false) == ignore_reason::stranger)
    );
    BOOST_TEST((hear(home, "192.168.1.1", 5352, grant(8000, 666), false) == ignore_reason::stranger)
    );
    BOOST_TEST((hear(home, "192.168.1.1", 5351, grant(8000, 666), false) == ignore_reason::unasked)
    );

    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.h.events().size() == events);
}

BOOST_AUTO_TEST_CASE(cannot_fake_a_reboot_from_its_own_address) {
    home home;
    home.hold({tcp(8000)});
    auto const begin = home.w.now();

    BOOST_TEST((hear(home, "192.168.1.66", 5351, announcement(0), true) == ignore_reason::stranger)
    );
    BOOST_TEST((hear(home, "192.168.1.1", 5350, announcement(0), true) == ignore_reason::stranger));
    home.w.run_for(10s);

    BOOST_TEST(home.requests_since(begin).empty());
    BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 0U);
}

BOOST_AUTO_TEST_CASE(cannot_touch_the_epoch_with_an_answer_to_nothing) {
    home home;
    home.speak(only_pcp);
    home.hold({tcp(8000)});

    hear(home, "192.168.1.1", 5351, grant(8000, 666), false);
    hear(home, "192.168.1.1", 5351, grant(9000, 666), false);
    home.w.run_for(10s);

    BOOST_TEST(home.h.count(event_kind::gateway_rebooted) == 0U);
}

BOOST_AUTO_TEST_CASE(cannot_grant_by_multicast) {
    home home;
    home.h.sees({view_of(home.gw, "192.168.1.10", "default", only_nat_pmp)});
    home.gw.set(vice::silent);
    home.h.wants({tcp(8000)});
    wire::bytes const map_response =
        wire::natpmp::encode(wire::natpmp::response(wire::natpmp::map_response{
            transport::tcp, 0, 5, true, 8000, 666, 3600}));

    BOOST_TEST((hear(home, "192.168.1.1", 5351, map_response, true) == ignore_reason::malformed));

    BOOST_TEST(!home.h.holds("tcp-8000"));
}

BOOST_AUTO_TEST_CASE(cannot_move_by_nat_pmp_what_was_granted_by_pcp) {
    home home;
    home.hold({tcp(8000)});
    auto const before = home.assigned();
    auto const events = home.h.events().size();

    auto const ignored = hear(home, "192.168.1.1", 5351, nat_pmp_grant(8000, 666), false);

    BOOST_TEST((ignored == ignore_reason::unasked));
    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.h.events().size() == events, home.h.history());
}

BOOST_AUTO_TEST_CASE(cannot_talk_it_out_of_pcp) {
    home home;
    home.hold({tcp(8000)});
    auto const before = home.assigned();
    hear(home, "192.168.1.1", 5351, announcement(0), true);

    for (int i = 0; i < 10'000; ++i) {
        hear(home, "192.168.1.1", 5351, nat_pmp_denial(), false);
        hear(home, "192.168.1.1", 5351, nat_pmp_address("203.0.113.66"), false);
        hear(home, "192.168.1.1", 5351, nat_pmp_grant(8000, 666), false);
        home.w.run_for(1ms);
    }

    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.h.count(event_kind::changed) == 0U, home.h.history());
    BOOST_TEST((home.h.leases().front().via == dialect_id::pcp));
}

BOOST_AUTO_TEST_CASE(cannot_tell_another_external_address_or_none) {
    home home;
    home.hold(mappings(4));
    auto const before = home.assigned();
    auto const begin = home.w.now();

    for (auto const* address : {"203.0.113.66", "0.0.0.0"}) {
        hear(home, "192.168.1.1", 5351, nat_pmp_address(address), true);
        home.w.run_for(1s);
    }

    home.w.run_for(10s);
    BOOST_TEST(home.assigned() == before, boost::test_tools::per_element());
    BOOST_TEST(home.h.count(event_kind::external_address_changed) == 0U, home.h.history());
    BOOST_TEST(home.h.count(event_kind::lost) == 0U, home.h.history());
    BOOST_TEST(home.requests_since(begin).size() <= 8U);
}

BOOST_AUTO_TEST_CASE(cannot_make_it_flood_the_gateway_with_spoofed_announcements) {
    home home;
    home.hold(mappings(10));
    auto const begin = home.w.now();

    for (int i = 0; i < 600; ++i) {
        hear(home, "192.168.1.1", 5351, announcement(i % 2 == 0 ? 0 : 1'000'000), true);
        home.w.run_for(100ms);
    }

    // A minute holds four recoveries at the most, of ten datagrams each.
    BOOST_TEST(home.requests_since(begin).size() <= 50U);
    home.w.run_for(20s);
    BOOST_TEST(home.h.holds_all(), home.h.history());
}

BOOST_AUTO_TEST_CASE(cannot_disturb_with_garbage) {
    home home;
    home.hold(mappings(4));
    auto const events = home.h.events().size();

    for (int i = 0; i < 20'000; ++i) {
        wire::bytes garbage(static_cast<std::size_t>(draw(home.w.random(), 80)));
        for (auto& octet : garbage) {
            octet = static_cast<std::byte>(draw(home.w.random(), 256));
        }
        hear(home, i % 2 == 0 ? "192.168.1.66" : "192.168.1.10", 5351, garbage, i % 3 == 0);
    }

    BOOST_TEST(home.h.events().size() == events, home.h.history());
    BOOST_TEST(home.h.holds_all());
}

BOOST_AUTO_TEST_CASE(is_not_the_gateway_where_it_writes_to_another_address_of_ours) {
    home home;
    home.hold({tcp(8000)});
    auto const begin = home.w.now();
    for (auto const* to : {"10.8.0.2", "255.255.255.255", "192.168.1.255"}) {
        inbound_datagram in;
        in.gateway = "default";
        in.source = {home.gw.address(), gateway_port};
        in.destination = {boost::asio::ip::make_address(to), announcement_port};
        auto const bytes = announcement(0);
        in.bytes = bytes;

        BOOST_TEST((home.h.engine().datagram(in, home.w.now()) == ignore_reason::stranger));
        home.h.drain();
    }
    home.w.run_for(10s);

    BOOST_TEST(home.requests_since(begin).empty());
}

BOOST_AUTO_TEST_CASE(on_another_interface_is_not_the_gateway) {
    home home;
    home.hold({tcp(8000)});
    inbound_datagram in;
    in.source = {home.gw.address(), gateway_port};
    in.destination = {boost::asio::ip::make_address("224.0.0.1"), announcement_port};
    in.interface_index = 77;
    auto const bytes = announcement(0);
    in.bytes = bytes;

    BOOST_TEST((home.h.engine().datagram(in, home.w.now()) == ignore_reason::stranger));
    home.h.drain();
}

BOOST_AUTO_TEST_SUITE_END()
