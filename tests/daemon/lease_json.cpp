// SPDX-License-Identifier: MIT
#include "daemon/lease_json.hpp"

#include "events.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(lease_json)

using namespace std::chrono_literals;

namespace {

constexpr pmp::time_point now{1h};

pmp::gateway_standing home_gateway() {
    pmp::gateway_standing out;
    out.view.address = boost::asio::ip::make_address("192.168.1.1");
    out.view.internal = boost::asio::ip::make_address("192.168.1.5");
    out.view.interface = "eth0";
    out.via = pmp::dialect_id::pcp;
    out.epoch = 86400;
    out.external_address = boost::asio::ip::make_address("198.51.101.7");
    return out;
}

pmp::standing held_ssh() {
    pmp::standing out;
    out.mapping.name = "ssh";
    out.mapping.internal.port = 22;
    out.mapping.suggested.port = 2222;
    out.state = pmp::lease_state::held;
    out.lease = daemon_test::ssh_lease();
    out.lease->expires = now + 3541s;
    out.renews_at = now + 1790s;
    return out;
}

pmp::standing idle_ssh() {
    auto out = held_ssh();
    out.state = pmp::lease_state::idle;
    out.lease.reset();
    out.renews_at.reset();
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(of_a_held_lease_tells_everything) {
    auto const gateway = home_gateway();

    auto const text = boost::json::serialize(pmpd::lease_json(held_ssh(), &gateway, now));

    BOOST_TEST(
        text == R"({"mapping":"ssh","state":"held","protocol":"tcp",)"
                R"("internal":{"address":"192.168.1.5","port":22},)"
                R"("external":{"address":"198.51.101.7","port":2222},"suggested_port":2222,)"
                R"("lifetime":3600,"remaining":3541,"renews_in":1790,"verified":"none",)"
                R"("gateway":{"name":"default","address":"192.168.1.1","epoch":86400},)"
                R"("via":"pcp","address_family":"ipv4","error":null,"double_nat":false,)"
                R"("permanent":false})"
    );
}

BOOST_AUTO_TEST_CASE(has_all_members_where_nothing_is_known) {
    auto const text = boost::json::serialize(pmpd::lease_json(idle_ssh(), nullptr, now));

    BOOST_TEST(
        text == R"({"mapping":"ssh","state":"idle","protocol":"tcp",)"
                R"("internal":{"address":null,"port":22},"external":null,"suggested_port":2222,)"
                R"("lifetime":null,"remaining":null,"renews_in":null,"verified":"none",)"
                R"("gateway":{"name":"default","address":null,"epoch":null},)"
                R"("via":null,"address_family":"ipv4","error":null,"double_nat":null,)"
                R"("permanent":null})"
    );
}

BOOST_AUTO_TEST_CASE(tells_of_another_nat_behind_the_gateway) {
    auto held = held_ssh();
    for (auto const* address : {"10.0.0.7", "172.31.0.1", "192.168.50.2", "100.64.0.5"}) {
        held.lease->assigned.address = boost::asio::ip::make_address(address);

        BOOST_TEST(pmpd::lease_json(held, nullptr, now).at("double_nat").as_bool(), address);
    }
    for (auto const* address : {"11.0.0.7", "172.32.0.1", "100.128.0.5"}) {
        held.lease->assigned.address = boost::asio::ip::make_address(address);

        BOOST_TEST(!pmpd::lease_json(held, nullptr, now).at("double_nat").as_bool(), address);
    }
}

BOOST_AUTO_TEST_CASE(tells_no_end_of_a_permanent_lease) {
    auto held = held_ssh();
    held.lease->permanent = true;

    auto const told = pmpd::lease_json(held, nullptr, now);

    BOOST_TEST(told.at("permanent").as_bool());
    BOOST_TEST(told.at("lifetime").is_null());
    BOOST_TEST(told.at("remaining").is_null());
}

BOOST_AUTO_TEST_CASE(tells_no_end_of_what_needs_no_gateway) {
    auto held = held_ssh();
    held.lease->via = pmp::dialect_id::direct;

    auto const told = pmpd::lease_json(held, nullptr, now);

    BOOST_TEST(told.at("via").as_string() == "direct");
    BOOST_TEST(told.at("lifetime").is_null());
    BOOST_TEST(told.at("remaining").is_null());
}

BOOST_AUTO_TEST_CASE(tells_no_epoch_of_upnp) {
    auto held = held_ssh();
    held.lease->via = pmp::dialect_id::igd;
    auto gateway = home_gateway();
    gateway.via = pmp::dialect_id::igd;

    BOOST_TEST(pmpd::lease_json(held, nullptr, now).at("gateway").at("epoch").is_null());
    BOOST_TEST(pmpd::lease_json(held, &gateway, now).at("gateway").at("epoch").is_null());
    BOOST_TEST(pmpd::gateway_json(gateway).at("epoch").is_null());
}

BOOST_AUTO_TEST_CASE(names_the_last_refusal) {
    auto refused = idle_ssh();
    refused.state = pmp::lease_state::waiting;
    refused.error = pmp::pcp_result::no_resources;
    refused.retry_at = now + 29500ms;

    auto const error = pmpd::lease_json(refused, nullptr, now).at("error").as_object();

    BOOST_TEST(error.at("category").as_string() == "pcp");
    BOOST_TEST(error.at("code").as_int64() == 8);
    BOOST_TEST(error.at("name").as_string() == "NO_RESOURCES");
    BOOST_TEST(!error.at("message").as_string().empty());
    BOOST_TEST(error.at("retry_in").as_int64() == 30);
}

BOOST_AUTO_TEST_CASE(shows_nothing_remaining_of_a_lease_that_has_run_out) {
    auto ran_out = held_ssh();
    ran_out.lease->expires = now - 5s;

    BOOST_TEST(pmpd::lease_json(ran_out, nullptr, now).at("remaining").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(joins_each_mapping_with_its_gateway) {
    auto at_home = idle_ssh();
    auto elsewhere = idle_ssh();
    elsewhere.mapping.gateway = "vpn";

    auto const rows = pmpd::leases_json({at_home, elsewhere}, {home_gateway()}, now);

    BOOST_TEST(rows.at(0).at("gateway").at("address").as_string() == "192.168.1.1");
    BOOST_TEST(rows.at(0).at("internal").at("address").as_string() == "192.168.1.5");
    BOOST_TEST(rows.at(1).at("gateway").at("name").as_string() == "vpn");
    BOOST_TEST(rows.at(1).at("gateway").at("address").is_null());
}

BOOST_AUTO_TEST_CASE(of_a_gateway_tells_what_it_speaks) {
    auto silent = home_gateway();
    silent.view.interface.clear();
    silent.via.reset();
    silent.external_address.reset();

    BOOST_TEST(
        boost::json::serialize(pmpd::gateway_json(home_gateway())) ==
        R"({"name":"default","address":"192.168.1.1","interface":"eth0",)"
        R"("internal_address":"192.168.1.5","external_address":"198.51.101.7",)"
        R"("via":"pcp","epoch":86400})"
    );
    BOOST_TEST(
        boost::json::serialize(pmpd::gateway_json(silent)) ==
        R"({"name":"default","address":"192.168.1.1","interface":null,)"
        R"("internal_address":"192.168.1.5","external_address":null,"via":null,"epoch":null})"
    );
}

BOOST_AUTO_TEST_CASE(of_a_pinhole_tells_the_gateway_of_its_family) {
    auto six = home_gateway();
    six.view.address = boost::asio::ip::make_address("fe80::1");
    auto pinhole = idle_ssh();
    pinhole.mapping.family = pmp::address_family::ipv6;

    auto const rows = pmpd::leases_json({pinhole, idle_ssh()}, {home_gateway(), six}, now);

    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[0].at("gateway").at("address").as_string() == "fe80::1");
    BOOST_TEST(rows[0].at("address_family").as_string() == "ipv6");
    BOOST_TEST(rows[1].at("gateway").at("address").as_string() == "192.168.1.1");
}

BOOST_AUTO_TEST_SUITE_END()
