// SPDX-License-Identifier: MIT
#include "net/one_shots.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::dialect_id;
using pmp::fault;
using pmp::test::address_of_this_process;
using pmp::test::completion;
using pmp::test::tcp_of;
using pmp::test::vice;

namespace {

auto const external = asio::ip::make_address("203.0.113.7");

struct hinted : pmp::test::one_shots {
    void hint(dialect_id via) {
        start_client({pmp::make_secret(), {}, {{address_of_this_process(), via}}});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_dialect_hint, hinted)

BOOST_AUTO_TEST_CASE(is_kept_of_what_worked_last) {
    speaks({dialect_id::nat_pmp});

    external_address();

    auto const hints = client->remembers().hints;
    BOOST_REQUIRE_EQUAL(hints.size(), 1U);
    BOOST_TEST(hints[0].gateway_address == address_of_this_process());
    BOOST_CHECK(hints[0].via == dialect_id::nat_pmp);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_makes_one_request_for_the_external_address) {
    hint(dialect_id::nat_pmp);

    auto const told = external_address();

    BOOST_TEST(told.value.address == external);
    BOOST_TEST(traffic().nat_pmp_requests == 1U);
    BOOST_TEST(traffic().requests == 1U);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_asks_for_the_mapping_first) {
    hint(dialect_id::nat_pmp);

    auto const mapped = map(tcp_of(80));

    BOOST_TEST(!mapped.error);
    BOOST_CHECK(mapped.value.via == dialect_id::nat_pmp);
    BOOST_TEST(mapped.value.assigned.address == external);
    BOOST_TEST(traffic().requests == 2U);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_maps_nothing_at_a_gateway_without_an_address) {
    hint(dialect_id::nat_pmp);
    gateway.simulator().set_external_address(asio::ip::address_v4(), pmp::boot_clock::now());

    auto const mapped = map(tcp_of(80));

    BOOST_TEST((mapped.error == pmp::reaction::try_later));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_leaves_nothing_where_the_address_is_not_told_in_time) {
    hint(dialect_id::nat_pmp);
    takes_its_time(20ms);
    std::optional<completion<pmp::lease>> outcome;
    client->async_map(tcp_of(80), 30ms, into(outcome));

    auto const mapped = result_of(outcome);

    BOOST_TEST((mapped.error == fault::gateway_silent));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(of_pcp_makes_one_request_for_a_mapping) {
    hint(dialect_id::pcp);

    auto const mapped = map(tcp_of(80));

    BOOST_CHECK(mapped.value.via == dialect_id::pcp);
    BOOST_TEST(traffic().requests == 1U);
}

BOOST_AUTO_TEST_CASE(of_a_gateway_that_tells_its_address_by_mappings_alone_makes_one_request) {
    speaks({dialect_id::pcp});
    external_address();
    start_client(client->remembers());
    auto const before = traffic().requests;

    auto const told = external_address();

    BOOST_TEST(told.value.address == external);
    // The request and the deletion of what it made.
    BOOST_TEST(traffic().requests == before + 2);
}

BOOST_AUTO_TEST_CASE(of_a_gateway_that_tells_its_address_by_mappings_gives_way_where_it_is_silent) {
    start_client({pmp::make_secret(), {}, {{address_of_this_process(), dialect_id::pcp, true}}});
    set(vice::ignores_version_2);

    auto const told = external_address();

    BOOST_TEST(told.value.address == external);
    BOOST_CHECK(told.value.via == dialect_id::nat_pmp);
    BOOST_TEST(!client->remembers().hints.front().maps_for_address);
}

BOOST_AUTO_TEST_CASE(of_pcp_maps_nothing_for_an_address_that_is_told_without) {
    hint(dialect_id::pcp);

    external_address();

    BOOST_TEST(traffic().requests == 1U);
    BOOST_TEST(traffic().nat_pmp_requests == 1U);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_gives_way_where_that_is_denied) {
    hint(dialect_id::nat_pmp);
    speaks({dialect_id::pcp});

    auto const mapped = map(tcp_of(80));
    auto const told = external_address();

    BOOST_TEST(!mapped.error);
    BOOST_CHECK(mapped.value.via == dialect_id::pcp);
    BOOST_TEST(told.value.address == external);
    BOOST_CHECK(client->remembers().hints.front().via == dialect_id::pcp);
}

BOOST_AUTO_TEST_CASE(of_pcp_gives_way_where_that_is_not_answered) {
    hint(dialect_id::pcp);
    set(vice::ignores_version_2);

    auto const told = external_address();
    hint(dialect_id::pcp);
    auto const mapped = map(tcp_of(80));

    BOOST_TEST(told.value.address == external);
    BOOST_TEST(!mapped.error);
    BOOST_CHECK(mapped.value.via == dialect_id::nat_pmp);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_gives_way_where_a_deletion_is_denied) {
    hint(dialect_id::pcp);
    map(tcp_of(80));
    start_client(
        {client->remembers().secret, {}, {{address_of_this_process(), dialect_id::nat_pmp}}}
    );
    speaks({dialect_id::pcp});

    auto const error = unmap(tcp_of(80));

    BOOST_TEST(!error);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_discovery, hinted)

BOOST_AUTO_TEST_CASE(tells_what_a_gateway_speaks) {
    auto const found = discover();

    BOOST_TEST(!found.error);
    BOOST_REQUIRE_EQUAL(found.value.size(), 1U);
    BOOST_TEST(!found.value[0].error);
    BOOST_REQUIRE_EQUAL(found.value[0].protocols.size(), 2U);
    BOOST_CHECK(found.value[0].protocols[0].via == dialect_id::pcp);
    BOOST_TEST((found.value[0].external_address == external));
    BOOST_TEST(found.value[0].view.interface == "lo");
    BOOST_TEST(traffic().requests == 2U);
}

BOOST_AUTO_TEST_CASE(maps_a_port_where_nothing_else_tells_the_address) {
    speaks({dialect_id::pcp});

    auto const found = discover();

    BOOST_REQUIRE_EQUAL(found.value[0].protocols.size(), 1U);
    BOOST_TEST((found.value[0].external_address == external));
    BOOST_TEST(holds(0));
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_a_second_for_what_is_not_answered) {
    set(vice::ignores_version_2);

    auto const found = discover(1h);

    BOOST_REQUIRE_EQUAL(found.value[0].protocols.size(), 1U);
    BOOST_CHECK(found.value[0].protocols[0].via == dialect_id::nat_pmp);
}

BOOST_AUTO_TEST_CASE(tells_of_each_gateway_why_nothing_was_found) {
    auto closed = settings();
    closed.name = "closed";
    closed.address = asio::ip::make_address("127.77.255.1");
    auto here = settings();
    client->set_gateways({closed, here});
    set(vice::silent);

    auto const found = discover(50ms);

    BOOST_TEST(!found.error);
    BOOST_REQUIRE_EQUAL(found.value.size(), 2U);
    BOOST_TEST((found.value[0].error == fault::gateway_unreachable));
    BOOST_TEST(found.value[0].view.name == "closed");
    BOOST_TEST((found.value[1].error == fault::gateway_silent));
}

BOOST_AUTO_TEST_CASE(ends_at_once_when_it_is_cancelled) {
    set(vice::silent);
    std::optional<completion<std::vector<pmp::discovered_gateway>>> outcome;
    client->async_discover(1h, into(outcome));
    pmp::test::run_ready(io);

    cancel();

    BOOST_TEST((result_of(outcome).error == asio::error::operation_aborted));
}

BOOST_AUTO_TEST_SUITE_END()
