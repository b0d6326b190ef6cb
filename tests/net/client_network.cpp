// SPDX-License-Identifier: MIT
#include "net/running.hpp"
#include "net/socket_gateway.hpp"
#include "net/two_uplinks.hpp"

#include <pmp/client.hpp>
#include <pmp/entropy.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::notice_kind;
using pmp::test::ip;
using pmp::test::network_namespace;
using pmp::test::nft;
using pmp::test::run_until;
using pmp::test::socket_gateway;

namespace {

pmp::ip_address address(char const* text) {
    return asio::ip::make_address(text);
}

pmp::mapping tcp(std::uint16_t port, char const* gateway = "default") {
    pmp::mapping mapping;
    mapping.name = "tcp-" + std::to_string(port);
    mapping.internal.port = port;
    mapping.suggested.port = port;
    mapping.gateway = gateway;
    return mapping;
}

pmp::client_settings quick() {
    pmp::client_settings settings;
    settings.engine.recovery_jitter = 10ms;
    return settings;
}

/// A client on a host with two uplinks.
struct travelling_host : pmp::test::two_uplinks {
    travelling_host() {
        client.set_mappings({tcp(80)});
        client.set_notice_handler([this](pmp::notice const& notice) { notices.push_back(notice); });
    }

    std::unique_ptr<socket_gateway> gateway_in(network_namespace const& side, char const* at) {
        network_namespace::visit const there{side};
        pmp::test::gateway_options options;
        options.address = address(at);
        options.uptime = 1h;
        return std::make_unique<socket_gateway>(io, options);
    }

    void start() {
        client.async_run([](pmp::error_code) {});
        read_events();
    }

    void read_events() {
        client.async_next_event([this](pmp::error_code error, pmp::event event) {
            if (!error) {
                events.push_back(std::move(event));
                read_events();
            }
        });
    }

    /// The first of that kind, from now on.
    std::optional<pmp::event> next(event_kind kind) {
        auto const wanted = [kind](pmp::event const& event) { return event.kind == kind; };
        run_until(io, [&] { return std::any_of(events.begin(), events.end(), wanted); });
        auto const found = std::find_if(events.begin(), events.end(), wanted);
        auto result = found == events.end() ? std::nullopt : std::optional{*found};
        events.clear();
        return result;
    }

    std::optional<pmp::notice> next(notice_kind kind) {
        auto const wanted = [kind](pmp::notice const& notice) { return notice.kind == kind; };
        run_until(io, [&] { return std::any_of(notices.begin(), notices.end(), wanted); });
        auto const found = std::find_if(notices.begin(), notices.end(), wanted);
        auto result = found == notices.end() ? std::nullopt : std::optional{*found};
        notices.clear();
        return result;
    }

    bool holds_at(char const* gateway) {
        return run_until(io, [&] {
            auto const leases = client.leases();
            return leases.size() == 1 && leases[0].gateway.address == address(gateway);
        });
    }

    asio::io_context io;
    pmp::client client{io.get_executor(), pmp::memory{pmp::make_secret(), {}}, quick()};
    std::vector<pmp::event> events;
    std::vector<pmp::notice> notices;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_client_on_the_move, travelling_host, *pmp::test::needs_namespaces())

BOOST_AUTO_TEST_CASE(finds_the_gateway_of_the_default_route_when_one_comes) {
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    start();
    auto const missing = next(notice_kind::no_gateway);

    ip("route add default via 192.0.2.1");

    BOOST_TEST(holds_at("192.0.2.1"));
    BOOST_TEST(client.leases().front().internal.address == address("192.0.2.10"));
    auto const found = next(notice_kind::no_gateway);
    BOOST_REQUIRE(missing);
    BOOST_REQUIRE(found);
    BOOST_TEST(missing->subject == "default");
    BOOST_TEST((missing->error == asio::error::network_unreachable));
    BOOST_TEST(!found->error);
}

BOOST_AUTO_TEST_CASE(loses_the_gateway_with_the_route_and_takes_it_up_again) {
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    ip("route add default via 192.0.2.1");
    start();
    next(event_kind::acquired);

    ip("route delete default");
    auto const lost = next(event_kind::lost);
    ip("route add default via 192.0.2.1");
    auto const acquired = next(event_kind::acquired);

    BOOST_REQUIRE(lost);
    BOOST_CHECK(lost->reason == pmp::lost_reason::gateway);
    BOOST_REQUIRE(acquired);
    BOOST_TEST(acquired->lease->assigned.port == 80);
    BOOST_TEST(gateway->simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(moves_with_the_default_route_to_another_gateway) {
    auto const home = gateway_in(lan_side, "192.0.2.1");
    auto const other = gateway_in(lan_side, "192.0.2.2");
    ip("route add default via 192.0.2.1");
    start();
    next(event_kind::acquired);

    ip("route change default via 192.0.2.2");

    BOOST_TEST(next(event_kind::acquired).has_value());
    BOOST_TEST(holds_at("192.0.2.2"));
    BOOST_TEST(home->simulator().statistics().deletions == 0U);
}

BOOST_AUTO_TEST_CASE(asks_again_when_its_address_has_gone_and_come_back) {
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    ip("route add default via 192.0.2.1");
    start();
    next(event_kind::acquired);

    ip("address delete 192.0.2.10/24 dev lan");
    auto const lost = next(event_kind::lost);
    ip("address add 192.0.2.10/24 dev lan");
    ip("route add default via 192.0.2.1");

    BOOST_TEST(lost.has_value());
    BOOST_TEST(next(event_kind::acquired).has_value());
}

BOOST_AUTO_TEST_CASE(waits_for_a_source_that_is_not_there_yet) {
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    pmp::gateway_settings settings;
    settings.address = address("192.0.2.1");
    settings.source = address("192.0.2.77");
    client.set_gateways({settings});
    start();
    auto const missing = next(notice_kind::no_gateway);

    ip("address add 192.0.2.77/24 dev lan");

    BOOST_TEST(holds_at("192.0.2.1"));
    BOOST_REQUIRE(missing);
    BOOST_TEST((missing->error == boost::system::errc::address_not_available));
    BOOST_TEST(client.leases().front().internal.address == address("192.0.2.77"));
}

BOOST_AUTO_TEST_CASE(keeps_gateways_of_two_uplinks_apart) {
    auto const home = gateway_in(lan_side, "192.0.2.1");
    auto const away = gateway_in(vpn_side, "10.2.0.1");
    ip("route add default via 192.0.2.1");
    ip("route add default via 10.2.0.1 dev vpn onlink table 100");
    ip("rule add from 10.2.0.2 table 100");
    pmp::gateway_settings vpn;
    vpn.name = "vpn";
    vpn.interface = "vpn";
    client.set_gateways({{}, vpn});
    client.set_mappings({tcp(80), tcp(81, "vpn")});
    start();

    BOOST_TEST(run_until(io, [&] { return client.leases().size() == 2; }));

    BOOST_TEST(client.leases()[0].internal.address == address("192.0.2.10"));
    BOOST_TEST(client.leases()[1].internal.address == address("10.2.0.2"));
    BOOST_TEST(home->simulator().mappings() == 1U);
    BOOST_TEST(away->simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(finds_a_gateway_that_only_a_policy_leads_to) {
    auto const away = gateway_in(vpn_side, "10.2.0.1");
    ip("route add default via 10.2.0.1 dev vpn onlink table 100");
    ip("rule add from 10.2.0.2 table 100");
    start();

    BOOST_TEST(holds_at("10.2.0.1"));
    BOOST_TEST(client.leases().front().internal.address == address("10.2.0.2"));
}

BOOST_AUTO_TEST_CASE(hears_that_the_gateway_has_rebooted) {
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    ip("route add default via 192.0.2.1");
    start();
    next(event_kind::acquired);

    gateway->simulator().reboot(pmp::test::reboot_kind::forgets, pmp::boot_clock::now());
    gateway->flush();

    BOOST_TEST(next(event_kind::gateway_rebooted).has_value());
    BOOST_TEST(run_until(io, [&] { return gateway->simulator().mappings() == 1; }));
}

BOOST_AUTO_TEST_CASE(works_though_it_cannot_hear_announcements) {
    std::optional<asio::ip::udp::socket> other;
    other.emplace(io, asio::ip::udp::endpoint{asio::ip::udp::v4(), pmp::announcement_port});
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    ip("route add default via 192.0.2.1");
    start();

    BOOST_TEST(holds_at("192.0.2.1"));
    auto const missing = next(notice_kind::no_announcements);
    other.reset();
    ip("address add 192.0.2.78/24 dev lan");
    auto const found = next(notice_kind::no_announcements);

    BOOST_REQUIRE(missing);
    BOOST_TEST(missing->subject == "lan");
    BOOST_TEST((missing->error == asio::error::address_in_use));
    BOOST_REQUIRE(found);
    BOOST_TEST(!found->error);
}

BOOST_AUTO_TEST_CASE(keeps_trying_through_a_firewall_of_this_host_and_says_so) {
    auto const gateway = gateway_in(lan_side, "192.0.2.1");
    ip("route add default via 192.0.2.1");
    nft("add table ip t");
    nft("add chain ip t out '{ type filter hook output priority 0; }'");
    nft("add rule ip t out udp dport 5351 drop");
    start();
    auto const missing = next(notice_kind::not_sent);

    nft("delete table ip t");

    BOOST_TEST(holds_at("192.0.2.1"));
    auto const found = next(notice_kind::not_sent);
    BOOST_REQUIRE(missing);
    BOOST_TEST(missing->subject == "default");
    BOOST_TEST((missing->error == boost::system::errc::operation_not_permitted));
    BOOST_REQUIRE(found);
    BOOST_TEST(!found->error);
}

BOOST_AUTO_TEST_SUITE_END()
