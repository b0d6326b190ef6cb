// SPDX-License-Identifier: MIT
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

struct home {
    explicit home(std::uint64_t seed = 1) : w(seed) {}

    world w;
    simulated_gateway& gw = w.add_gateway("192.168.1.1");
    host& h = w.add_host("192.168.1.10", gw);
};

std::vector<mapping> ten_mappings() {
    std::vector<mapping> all;
    for (std::uint16_t port = 8000; port < 8010; ++port) {
        all.push_back(tcp(port));
    }
    return all;
}

/// Since the start, in milliseconds, of every datagram with that version octet from the host.
std::vector<std::chrono::milliseconds> sent_at(home& home, int version) {
    std::vector<std::chrono::milliseconds> out;
    auto const start = home.w.now() - home.w.elapsed();
    for (auto const& c : home.w.net().captured()) {
        auto const ours =
            c.fate != packet_fate::delivered && c.packet.source.address == home.h.address();
        if (ours && std::to_integer<int>(c.packet.bytes.at(0)) == version) {
            out.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(c.at - start));
        }
    }
    return out;
}

std::size_t requests(home const& home, dialect_id via, request_kind kind = request_kind::map) {
    auto const& all = home.gw.exchanges();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](exchange const& e) {
        return e.via == via && e.kind == kind;
    }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(acquiring)

BOOST_AUTO_TEST_CASE(acquires_over_pcp_in_one_round_trip) {
    home home;

    home.h.wants({udp(51820)});
    home.w.run_for(10ms);

    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    BOOST_TEST((home.h.lease_of("udp-51820")->via == dialect_id::pcp));
    BOOST_TEST(to_string(home.h.lease_of("udp-51820")->assigned) == "203.0.113.7:51820");
    BOOST_TEST(home.gw.statistics().requests == 1U);
    BOOST_TEST(home.h.count(event_kind::gateway_found) == 1U);
}

BOOST_AUTO_TEST_CASE(falls_back_to_nat_pmp_on_unsupported_version) {
    for (auto const opcode : {0, 128, 129, 130, static_cast<int>(echoed_opcode)}) {
        home home;
        home.gw.set_protocols({dialect_id::nat_pmp});
        home.gw.set(vice::version_error_opcode, opcode);

        home.h.wants({udp(51820)});
        home.w.run_for(100ms);

        BOOST_TEST(home.h.holds("udp-51820"), opcode << home.h.history());
        BOOST_TEST((home.h.lease_of("udp-51820")->via == dialect_id::nat_pmp));
        BOOST_TEST(to_string(home.h.lease_of("udp-51820")->assigned) == "203.0.113.7:51820");
    }
}

BOOST_AUTO_TEST_CASE(asks_ten_times_in_each_version_where_only_nat_pmp_is_spoken) {
    home home;
    home.gw.set_protocols({dialect_id::nat_pmp});

    home.h.wants(ten_mappings());
    home.w.run_for(1s);

    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(sent_at(home, 2).size() == 10U);
    BOOST_TEST(requests(home, dialect_id::nat_pmp) == 10U);
    BOOST_TEST(requests(home, dialect_id::nat_pmp, request_kind::address) == 1U);
}

BOOST_AUTO_TEST_CASE(never_has_two_nat_pmp_requests_outstanding) {
    home home;
    home.gw.set_protocols({dialect_id::nat_pmp});
    home.gw.set(vice::answers_late, 200);
    home.h.sees({view_of(home.gw, "192.168.1.10", "default", {dialect_id::nat_pmp})});
    int outstanding = 0;
    int most = 0;

    home.h.wants(ten_mappings());
    home.w.run_for(20s);

    for (auto const& c : home.w.net().captured()) {
        if (c.fate == packet_fate::delivered) {
            outstanding += c.packet.source.address == home.h.address() ? 1 : -1;
            most = std::max(most, outstanding);
        }
    }
    BOOST_TEST(home.h.holds_all(), home.h.history());
    BOOST_TEST(most == 1);
}

BOOST_AUTO_TEST_CASE(falls_back_to_nat_pmp_where_version_2_is_ignored) {
    home home;
    home.gw.set(vice::ignores_version_2);

    home.h.wants({udp(51820)});
    home.w.run_for(2s);

    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    BOOST_TEST((home.h.lease_of("udp-51820")->via == dialect_id::nat_pmp));
}

BOOST_AUTO_TEST_CASE(keeps_pcp_where_only_the_first_datagram_was_lost) {
    home home;
    home.w.net().conditions().loss = 1;
    home.w.after(100ms, [&] { home.w.net().conditions().loss = 0; });

    home.h.wants({udp(51820)});
    home.w.run_for(600ms);

    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    BOOST_TEST((home.h.lease_of("udp-51820")->via == dialect_id::pcp));
}

BOOST_AUTO_TEST_CASE(goes_over_to_pcp_at_the_renewal_after_the_gateway_has_learned_it) {
    home home;
    home.gw.set_protocols({dialect_id::nat_pmp});
    home.h.wants({udp(51820)});
    home.w.run_for(1s);

    home.gw.set_protocols({dialect_id::pcp, dialect_id::nat_pmp});
    home.w.run_for(2h);

    BOOST_TEST((home.h.lease_of("udp-51820")->via == dialect_id::pcp), home.h.history());
    BOOST_TEST(home.h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(retransmits_to_a_silent_pcp_gateway_in_the_times_of_the_standard) {
    home home;
    home.gw.set(vice::silent);
    home.h.sees({view_of(home.gw, "192.168.1.10", "default", {dialect_id::pcp})});

    home.h.wants({udp(51820)});
    home.w.run_for(2h);

    auto const sends = sent_at(home, 2);
    std::vector<std::pair<double, double>> const waits{
        {2.7, 3.3}, {4.86, 7.26}, {8.75, 15.97}, {15.75, 35.14}, {28.34, 77.30}, {51.02, 170.07}};
    BOOST_TEST_REQUIRE(sends.size() > waits.size());
    BOOST_TEST(sends[0].count() == 0);
    for (std::size_t i = 0; i < waits.size(); ++i) {
        auto const wait = std::chrono::duration<double>(sends[i + 1] - sends[i]).count();
        BOOST_TEST(wait >= waits[i].first - 0.01);
        BOOST_TEST(wait <= waits[i].second + 0.01);
    }
    BOOST_TEST(home.h.count(event_kind::gateway_silent) == 1U);
}

BOOST_AUTO_TEST_CASE(retransmits_to_a_silent_nat_pmp_gateway_in_the_times_of_the_standard) {
    home home;
    home.gw.set(vice::silent);
    home.h.sees({view_of(home.gw, "192.168.1.10", "default", {dialect_id::nat_pmp})});

    home.h.wants({udp(51820)});
    home.w.run_for(127s);

    std::vector<std::int64_t> sends;
    for (auto const at : sent_at(home, 0)) {
        sends.push_back(at.count());
    }
    std::vector<std::int64_t> const expected{0, 250, 750, 1750, 3750, 7750, 15750, 31750, 63750};
    BOOST_TEST(sends == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(never_gives_up_on_a_gateway_that_comes_late) {
    for (auto const protocol : {dialect_id::pcp, dialect_id::nat_pmp}) {
        home home;
        home.gw.set(vice::silent);
        home.h.sees({view_of(home.gw, "192.168.1.10", "default", {protocol})});
        home.h.wants(ten_mappings());
        home.w.run_for(72h);

        home.gw.clear(vice::silent);
        home.w.run_for(20min);

        BOOST_TEST(home.h.holds_all(), home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(is_quick_once_a_gateway_that_was_silent_announces_itself) {
    home home;
    home.gw.set(vice::silent);
    home.h.wants(ten_mappings());
    home.w.run_for(10h);

    home.gw.clear(vice::silent);
    home.gw.announce();
    home.w.run_for(6s);

    BOOST_TEST(home.h.holds_all(), home.h.history());
}

BOOST_AUTO_TEST_CASE(does_not_bother_a_gateway_whose_port_is_closed) {
    home home;
    home.gw.close_port();

    home.h.wants({udp(51820)});
    home.w.run_for(1h);

    BOOST_TEST(home.h.traffic().sent < 50U);
    BOOST_TEST(home.h.count(event_kind::refused) == 1U, home.h.history());
    home.gw.close_port(false);
    home.w.run_for(6min);
    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
}

BOOST_AUTO_TEST_CASE(asks_at_once_when_a_gateway_whose_port_was_closed_announces_itself) {
    home home;
    home.gw.close_port();
    home.h.wants({udp(51820)});
    home.w.run_for(1h);

    home.gw.close_port(false);
    home.gw.announce();
    home.w.run_for(6s);

    BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
}

BOOST_AUTO_TEST_CASE(asks_at_once_when_a_gateway_that_was_not_connected_announces_its_address) {
    for (auto const protocol : {dialect_id::pcp, dialect_id::nat_pmp}) {
        home home;
        home.gw.set_external_address("0.0.0.0");
        home.h.sees({view_of(home.gw, "192.168.1.10", "default", {protocol})});
        home.h.wants({udp(51820)});
        home.w.run_for(45s);
        BOOST_TEST(!home.h.holds("udp-51820"), home.h.history());

        home.gw.set_external_address("203.0.113.7");
        home.gw.announce();
        home.w.run_for(6s);

        BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(gets_another_port_where_the_suggested_one_is_taken) {
    home home;
    auto& other = home.w.add_host("192.168.1.11", home.gw);
    other.wants({tcp(8080)});
    home.w.run_for(1s);

    home.h.wants({tcp(8080)});
    home.w.run_for(1s);

    BOOST_TEST(home.h.holds("tcp-8080"), home.h.history());
    BOOST_TEST(home.h.lease_of("tcp-8080")->assigned.port != 8080);
}

BOOST_AUTO_TEST_CASE(is_refused_an_exact_port_that_is_taken_and_keeps_nothing) {
    home home;
    auto& other = home.w.add_host("192.168.1.11", home.gw);
    other.wants({tcp(8080)});
    home.w.run_for(1s);
    auto wish = tcp(8080);
    wish.exact = true;

    home.h.wants({wish});
    home.w.run_for(10s);

    BOOST_TEST(!home.h.holds("tcp-8080"));
    BOOST_TEST((home.h.last(event_kind::refused)->error == reaction::port_taken));
    BOOST_TEST(home.gw.table().size() == 1U);
    other.wants({});
    home.w.run_for(6min);
    BOOST_TEST(home.h.holds("tcp-8080"), home.h.history());
}

BOOST_AUTO_TEST_CASE(waits_where_the_gateway_has_no_external_address) {
    for (auto const protocol : {dialect_id::pcp, dialect_id::nat_pmp}) {
        home home;
        home.gw.set(vice::no_external_address);
        home.h.sees({view_of(home.gw, "192.168.1.10", "default", {protocol})});

        home.h.wants({udp(51820)});
        home.w.run_for(5min);

        BOOST_TEST(!home.h.holds("udp-51820"), home.h.history());
        BOOST_TEST((home.h.last(event_kind::refused)->error == reaction::try_later));
        home.gw.clear(vice::no_external_address);
        home.w.run_for(1min);
        BOOST_TEST(home.h.holds("udp-51820"), home.h.history());
    }
}

BOOST_AUTO_TEST_CASE(holds_two_gateways_that_know_nothing_of_each_other) {
    world w(1);
    auto& lan = w.add_gateway("192.168.1.1", 1);
    gateway_options vpn_options;
    vpn_options.address = boost::asio::ip::make_address("10.2.0.1");
    vpn_options.protocols = {dialect_id::nat_pmp};
    vpn_options.max_lifetime = 60s;
    vpn_options.min_lifetime = 60s;
    auto& vpn = w.add_gateway(vpn_options, 2);
    auto& h = w.add_host("192.168.1.10");
    h.sees({view_of(lan, "192.168.1.10"), view_of(vpn, "10.2.0.2", "vpn", {dialect_id::nat_pmp})});
    auto torrent = tcp(6881);
    torrent.gateway = "vpn";

    h.wants({tcp(22), torrent});
    w.run_for(1s);

    BOOST_TEST(h.holds_all(), h.history());
    lan.switch_on(false);
    w.run_for(3h);
    BOOST_TEST(!h.holds("tcp-22"));
    BOOST_TEST(h.holds("tcp-6881"), h.history());
    BOOST_TEST(h.count(event_kind::lost, "tcp-6881") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
