// SPDX-License-Identifier: MIT
#include "net/one_shots.hpp"
#include "net/two_uplinks.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <future>
#include <memory>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::dialect_id;
using pmp::fault;
using pmp::test::address_of_this_process;
using pmp::test::completion;
using pmp::test::run_until;
using pmp::test::socket_gateway;
using pmp::test::tcp_of;
using pmp::test::vice;

namespace {

auto const external = asio::ip::make_address("203.0.113.7");

asio::awaitable<std::uint16_t> map_by_coroutine(pmp::client& client) {
    auto const lease = co_await client.async_map(tcp_of(80), 5s, asio::use_awaitable);
    co_return lease.assigned.port;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_one_shot, pmp::test::one_shots)

BOOST_AUTO_TEST_CASE(tells_the_external_address) {
    auto const told = external_address();

    BOOST_TEST(!told.error);
    BOOST_TEST(told.value.address == external);
    BOOST_TEST(told.value.gateway.address == address_of_this_process());
    BOOST_TEST(told.value.interface == "lo");
}

BOOST_AUTO_TEST_CASE(asks_for_the_external_address_by_nat_pmp_once) {
    speaks({dialect_id::nat_pmp});

    auto const told = external_address();

    BOOST_TEST(!told.error);
    BOOST_TEST(told.value.address == external);
    BOOST_CHECK(told.value.via == dialect_id::nat_pmp);
    BOOST_TEST(traffic().requests == 1U);
}

BOOST_AUTO_TEST_CASE(deletes_the_mapping_that_tells_the_external_address) {
    speaks({dialect_id::pcp});

    auto const told = external_address();

    BOOST_TEST(!told.error);
    BOOST_TEST(told.value.address == external);
    BOOST_CHECK(told.value.via == dialect_id::pcp);
    BOOST_TEST(holds(0));
    BOOST_TEST(traffic().grants == 1U);
    BOOST_TEST(traffic().deletions == 1U);
}

BOOST_AUTO_TEST_CASE(tells_that_the_gateway_has_no_external_address) {
    gateway.simulator().set_external_address(asio::ip::address_v4(), pmp::boot_clock::now());

    auto const told = external_address();

    BOOST_TEST((told.error == pmp::reaction::try_later));
}

BOOST_AUTO_TEST_CASE(maps_a_port) {
    auto const mapped = map(tcp_of(80));

    BOOST_TEST(!mapped.error);
    BOOST_TEST(mapped.value.assigned.address == external);
    BOOST_TEST(mapped.value.assigned.port == 80);
    BOOST_TEST(mapped.value.internal.port == 80);
    BOOST_TEST(mapped.value.gateway.address == address_of_this_process());
    BOOST_TEST((mapped.value.lifetime == 7200s));
    BOOST_CHECK(mapped.value.via == dialect_id::pcp);
    BOOST_TEST(gateway.simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(maps_a_port_by_nat_pmp_with_the_address_known_by_then) {
    speaks({dialect_id::nat_pmp});

    auto const mapped = map(tcp_of(80));

    BOOST_TEST(!mapped.error);
    BOOST_TEST(mapped.value.assigned.address == external);
    BOOST_CHECK(mapped.value.via == dialect_id::nat_pmp);
    BOOST_TEST(traffic().requests == 3U);
}

BOOST_AUTO_TEST_CASE(remembers_what_it_mapped_until_it_is_unmapped) {
    map(tcp_of(80));
    auto const before = client->remembers().leases;

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
    BOOST_REQUIRE_EQUAL(before.size(), 1U);
    BOOST_TEST(before[0].mapping == "tcp-80");
    BOOST_TEST(client->remembers().leases.empty());
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(unmaps_what_another_client_with_the_same_secret_mapped) {
    map(tcp_of(80));
    start_client({client->remembers().secret, {}});

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(forgets_what_an_earlier_client_mapped_once_it_is_unmapped) {
    map(tcp_of(80));
    start_client(client->remembers());

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
    BOOST_TEST(client->remembers().leases.empty());
}

BOOST_AUTO_TEST_CASE(unmaps_nothing_without_an_error) {
    set(vice::no_resources_on_absent_delete);

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
}

BOOST_AUTO_TEST_CASE(unmaps_by_nat_pmp) {
    speaks({dialect_id::nat_pmp});
    map(tcp_of(80));

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(unmaps_by_the_protocol_that_it_mapped_by) {
    speaks({dialect_id::nat_pmp});
    map(tcp_of(80));
    speaks({dialect_id::pcp, dialect_id::nat_pmp});
    auto known = client->remembers();
    known.hints.clear();
    start_client(known);

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(tells_that_a_deletion_is_refused) {
    map(tcp_of(80));
    set(vice::refuses_deletions, static_cast<int>(pmp::pcp_result::not_authorized));

    auto const error = unmap(tcp_of(80));

    BOOST_TEST((error == pmp::pcp_result::not_authorized));
    BOOST_TEST(client->remembers().leases.size() == 1U);
}

BOOST_AUTO_TEST_CASE(tells_a_refusal_at_once) {
    set(vice::refuses, static_cast<int>(pmp::pcp_result::no_resources));

    auto const mapped = map(tcp_of(80), 1h);

    BOOST_TEST((mapped.error == pmp::pcp_result::no_resources));
}

BOOST_AUTO_TEST_CASE(gives_another_port_than_an_exact_one_back) {
    set(vice::grants_other_port);
    auto wish = tcp_of(80);
    wish.exact = true;

    auto const mapped = map(wish);

    BOOST_TEST((mapped.error == fault::port_taken));
    BOOST_TEST(holds(0));
    BOOST_TEST(client->remembers().leases.empty());
}

BOOST_AUTO_TEST_CASE(takes_another_port_than_the_suggested_one) {
    set(vice::grants_other_port);

    auto const mapped = map(tcp_of(80));

    BOOST_TEST(!mapped.error);
    BOOST_TEST(mapped.value.assigned.port != 80);
}

BOOST_AUTO_TEST_CASE(ends_at_its_deadline_and_leaves_nothing) {
    takes_its_time(1h);

    auto const mapped = map(tcp_of(80), 50ms);

    BOOST_TEST((mapped.error == fault::gateway_silent));
    BOOST_TEST(traffic().grants == 1U);
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(ends_at_once_when_it_is_cancelled_and_leaves_nothing) {
    takes_its_time(1h);
    std::optional<completion<pmp::lease>> outcome;
    client->async_map(tcp_of(80), 1h, into(outcome));
    BOOST_TEST(holds(1));

    cancel();

    BOOST_TEST((result_of(outcome).error == asio::error::operation_aborted));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_by_nat_pmp_when_it_is_cancelled) {
    speaks({dialect_id::nat_pmp});
    takes_its_time(20ms);
    std::optional<completion<pmp::lease>> outcome;
    client->async_map(tcp_of(80), 1h, into(outcome));
    BOOST_TEST(holds(1));

    cancel();

    BOOST_TEST((result_of(outcome).error == asio::error::operation_aborted));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(leaves_no_mapping_made_for_the_address_when_it_is_cancelled) {
    takes_its_time(1h);
    std::optional<completion<pmp::external_address>> outcome;
    client->async_external_address("default", 1h, into(outcome));
    BOOST_TEST(holds(1));

    cancel();

    BOOST_TEST((result_of(outcome).error == asio::error::operation_aborted));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(sends_nothing_when_it_is_cancelled_before_it_has_begun) {
    std::optional<completion<pmp::lease>> outcome;
    client->async_map(tcp_of(80), 1h, into(outcome));

    cancel();

    BOOST_TEST((result_of(outcome).error == asio::error::operation_aborted));
    pmp::test::run_ready(io);
    BOOST_TEST(gateway.heard() == 0U);
}

BOOST_AUTO_TEST_CASE(is_cancelled_with_its_client) {
    takes_its_time(1h);
    std::optional<completion<pmp::lease>> outcome;
    client->async_map(tcp_of(80), 1h, into(outcome));
    BOOST_TEST(holds(1));

    client.reset();

    BOOST_TEST((result_of(outcome).error == asio::error::operation_aborted));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(tells_that_a_port_is_closed_before_its_deadline) {
    gateway.close();

    BOOST_TEST((external_address(1h).error == fault::gateway_unreachable));
    BOOST_TEST((map(tcp_of(80), 1h).error == fault::gateway_unreachable));
    BOOST_TEST((unmap(tcp_of(80), 1h) == fault::gateway_unreachable));
}

BOOST_AUTO_TEST_CASE(tells_that_a_gateway_is_silent_at_its_deadline) {
    set(vice::silent);

    BOOST_TEST((external_address(30ms).error == fault::gateway_silent));
    BOOST_TEST((map(tcp_of(80), 30ms).error == fault::gateway_silent));
    BOOST_TEST((unmap(tcp_of(80), 30ms) == fault::gateway_silent));
}

BOOST_AUTO_TEST_CASE(asks_the_gateway_of_the_name_that_is_given) {
    auto elsewhere = settings();
    elsewhere.address = asio::ip::make_address("127.77.255.1");
    auto here = settings();
    here.name = "vpn";
    client->set_gateways({elsewhere, here});
    auto wish = tcp_of(80);
    wish.gateway = "vpn";

    auto const mapped = map(wish);

    BOOST_TEST(!mapped.error);
    BOOST_TEST(gateway.simulator().mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(knows_no_gateway_of_another_name) {
    auto wish = tcp_of(80);
    wish.gateway = "vpn";

    BOOST_TEST((map(wish).error == asio::error::invalid_argument));
}

BOOST_AUTO_TEST_CASE(maps_no_port_of_another_host_where_the_gateway_does_not) {
    auto wish = tcp_of(80);
    wish.internal.address = asio::ip::make_address("192.0.2.20");

    auto const error = map(wish).error;
    BOOST_TEST((error == pmp::fault::no_third_party), error.message());
}

BOOST_AUTO_TEST_CASE(goes_on_beside_others) {
    std::optional<completion<pmp::lease>> first;
    std::optional<completion<pmp::lease>> second;
    std::optional<completion<pmp::external_address>> third;

    client->async_map(tcp_of(80), 5s, [&](pmp::error_code error, pmp::lease lease) {
        first = completion<pmp::lease>{error, std::move(lease)};
    });
    client->async_map(tcp_of(443), 5s, [&](pmp::error_code error, pmp::lease lease) {
        second = completion<pmp::lease>{error, std::move(lease)};
    });
    client->async_external_address("default", 5s, into(third));

    BOOST_TEST(!result_of(first).error);
    BOOST_TEST(!result_of(second).error);
    BOOST_TEST(!result_of(third).error);
    BOOST_TEST(holds(2));
    BOOST_TEST(client->remembers().leases.size() == 2U);
}

BOOST_AUTO_TEST_CASE(is_forgotten_where_a_run_has_kept_and_released_it) {
    map(tcp_of(80));
    client->set_mappings({tcp_of(80)});
    client->async_run([](pmp::error_code) {});
    run_until(io, [&] { return client->leases().size() == 1; });

    client->set_mappings({});

    BOOST_TEST(holds(0));
    BOOST_TEST(run_until(io, [&] { return client->remembers().leases.empty(); }));
}

BOOST_AUTO_TEST_CASE(is_gone_on_with_by_a_run_that_takes_it_over) {
    auto const mapped = map(tcp_of(80));
    auto const asked = traffic().requests;
    client->take_over({mapped.value});
    client->set_mappings({tcp_of(80)});

    client->async_run([](pmp::error_code) {});
    run_until(io, [&] { return client->leases().size() == 1; });
    pmp::test::run_ready(io);

    BOOST_TEST(traffic().requests == asked);
    BOOST_TEST(client->leases().size() == 1U);
    BOOST_TEST(client->remembers().leases.size() == 1U);
    client->set_mappings({});
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(leaves_its_socket_to_the_run_that_takes_it_over) {
    auto const mapped = map(tcp_of(80));
    client->take_over({mapped.value});
    client->set_mappings({tcp_of(80)});
    client->async_run([](pmp::error_code) {});
    run_until(io, [&] { return client->leases().size() == 1; });
    auto const moved = asio::ip::make_address("198.51.100.9");

    // To the port that asked (RFC 6887 14.2).
    gateway.simulator().set_external_address(moved, pmp::boot_clock::now());
    gateway.flush();

    BOOST_TEST(run_until(io, [&] {
        auto const leases = client->leases();
        return !leases.empty() && leases.front().assigned.address == moved;
    }));
}

BOOST_AUTO_TEST_CASE(shows_what_it_sends_and_hears) {
    std::vector<pmp::packet> seen;
    client->set_packet_handler([&](pmp::packet const& p) { seen.push_back(p); });

    map(tcp_of(80));

    auto const of = [&](pmp::packet_direction direction) {
        auto const at = std::find_if(seen.begin(), seen.end(), [&](pmp::packet const& p) {
            return p.direction == direction && p.opcode == "MAP";
        });
        BOOST_REQUIRE(at != seen.end());
        return *at;
    };
    auto const sent = of(pmp::packet_direction::sent);
    BOOST_CHECK((sent.destination == pmp::endpoint{address_of_this_process(), 5351}));
    BOOST_TEST(sent.subject == "tcp 80, external 0.0.0.0:80");
    BOOST_TEST(!sent.result);
    auto const received = of(pmp::packet_direction::received);
    BOOST_TEST(received.subject == "tcp 80, external 203.0.113.7:80");
    BOOST_TEST((received.result == pmp::error_code()));
    BOOST_TEST((received.lifetime == 7200s));
    BOOST_CHECK(received.destination == sent.source);
}

BOOST_AUTO_TEST_CASE(leaves_the_mappings_of_a_run_alone) {
    client->set_mappings({tcp_of(443)});
    client->async_run([](pmp::error_code) {});
    run_until(io, [&] { return client->leases().size() == 1; });

    auto const mapped = map(tcp_of(80));
    client->set_mappings({tcp_of(443)});
    pmp::test::run_ready(io);

    BOOST_TEST(!mapped.error);
    BOOST_TEST(client->leases().size() == 1U);
    BOOST_TEST(client->remembers().leases.size() == 2U);
    BOOST_TEST(gateway.simulator().mappings() == 2U);
    BOOST_TEST((unmap(tcp_of(443)) == asio::error::already_started));
}

BOOST_AUTO_TEST_CASE(is_awaited_by_a_coroutine) {
    auto const port = pmp::test::finish(io, map_by_coroutine(*client));

    BOOST_TEST(port == 80);
}

BOOST_AUTO_TEST_CASE(fulfils_a_future) {
    auto told = client->async_external_address("default", 5s, asio::use_future);

    run_until(io, [&] { return told.wait_for(0s) == std::future_status::ready; });

    BOOST_TEST(told.get().address == external);
}

BOOST_AUTO_TEST_CASE(begins_when_it_is_called_where_it_is_deferred) {
    auto later = client->async_unmap(tcp_of(80), 5s, asio::deferred);
    pmp::test::run_ready(io);
    auto const before = gateway.heard();
    std::optional<pmp::error_code> outcome;

    std::move(later)([&](pmp::error_code error) { outcome = error; });

    BOOST_TEST(run_until(io, [&] { return outcome.has_value(); }));
    BOOST_TEST(!*outcome);
    BOOST_TEST(before == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(
    a_one_shot_without_an_address, pmp::test::two_uplinks, *pmp::test::needs_namespaces()
)

BOOST_AUTO_TEST_CASE(finds_the_gateway_of_the_default_route) {
    asio::io_context io;
    std::unique_ptr<socket_gateway> gateway;
    {
        pmp::test::network_namespace::visit const there{lan_side};
        pmp::test::gateway_options options;
        options.address = asio::ip::make_address("192.0.2.1");
        gateway = std::make_unique<socket_gateway>(io, options);
    }
    pmp::test::ip("route add default via 192.0.2.1");
    pmp::client client{io.get_executor(), pmp::memory{pmp::make_secret(), {}}};

    auto told = client.async_external_address("default", 5s, asio::use_future);
    run_until(io, [&] { return told.wait_for(0s) == std::future_status::ready; });

    auto const address = told.get();
    BOOST_TEST(address.address == external);
    BOOST_TEST(address.gateway.address == asio::ip::make_address("192.0.2.1"));
    BOOST_TEST(address.interface == "lan");
}

BOOST_AUTO_TEST_CASE(tells_that_no_route_leads_to_a_gateway) {
    asio::io_context io;
    pmp::client client{io.get_executor(), pmp::memory{pmp::make_secret(), {}}};
    std::optional<pmp::error_code> outcome;

    client.async_map(tcp_of(80), 1h, [&](pmp::error_code error, pmp::lease const&) {
        outcome = error;
    });

    BOOST_TEST(run_until(io, [&] { return outcome.has_value(); }));
    BOOST_TEST((outcome == asio::error::network_unreachable));
}

BOOST_AUTO_TEST_SUITE_END()
