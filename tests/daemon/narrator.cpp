// SPDX-License-Identifier: MIT
#include "daemon/narrator.hpp"

#include "events.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(narrator)

using namespace daemon_test;
using pmp::event_kind;
using pmpd::log_level;

namespace {

pmp::event refused(pmp::error_code error) {
    auto out = ssh_event(event_kind::refused);
    out.error = error;
    return out;
}

pmp::event acquired_at(char const* external) {
    auto out = ssh_event_with_lease(event_kind::acquired);
    out.lease->assigned.address = boost::asio::ip::make_address(external);
    return out;
}

log_level level_of_first(std::vector<pmpd::log_line> const& lines) {
    return lines.front().level;
}

} // namespace

BOOST_AUTO_TEST_CASE(tells_a_refusal_that_repeats_itself_once) {
    pmpd::narrator teller;
    auto const again = refused(pmp::pcp_result::no_resources);

    BOOST_TEST((level_of_first(teller.tell(again)) == log_level::warn));
    BOOST_TEST((level_of_first(teller.tell(again)) == log_level::debug));
    BOOST_TEST((level_of_first(teller.tell(again)) == log_level::debug));
}

BOOST_AUTO_TEST_CASE(tells_a_refusal_for_another_reason) {
    pmpd::narrator teller;
    teller.tell(refused(pmp::pcp_result::no_resources));

    auto const lines = teller.tell(refused(pmp::pcp_result::network_failure));

    BOOST_TEST((level_of_first(lines) == log_level::warn));
}

BOOST_AUTO_TEST_CASE(tells_a_refusal_again_after_a_grant) {
    pmpd::narrator teller;
    teller.tell(refused(pmp::pcp_result::no_resources));
    teller.tell(ssh_event_with_lease(event_kind::acquired));

    auto const lines = teller.tell(refused(pmp::pcp_result::no_resources));

    BOOST_TEST((level_of_first(lines) == log_level::warn));
}

BOOST_AUTO_TEST_CASE(tells_a_refusal_again_after_a_reload) {
    pmpd::narrator teller;
    teller.tell(refused(pmp::pcp_result::no_resources));
    teller.use({});

    auto const lines = teller.tell(refused(pmp::pcp_result::no_resources));

    BOOST_TEST((level_of_first(lines) == log_level::warn));
}

BOOST_AUTO_TEST_CASE(tells_a_routine_renewal_as_routine) {
    pmpd::narrator teller;
    teller.tell(ssh_event_with_lease(event_kind::acquired));

    auto const lines = teller.tell(ssh_event_with_lease(event_kind::renewed));

    BOOST_TEST((level_of_first(lines) == log_level::debug));
}

BOOST_AUTO_TEST_CASE(tells_once_that_a_refused_renewal_succeeded_after_all) {
    pmpd::narrator teller;
    teller.tell(refused(pmp::pcp_result::network_failure));

    BOOST_TEST(
        (level_of_first(teller.tell(ssh_event_with_lease(event_kind::renewed))) == log_level::info)
    );
    BOOST_TEST(
        (level_of_first(teller.tell(ssh_event_with_lease(event_kind::renewed))) == log_level::debug)
    );
}

BOOST_AUTO_TEST_CASE(tells_that_a_mapping_is_back_after_its_gateway_restarted) {
    pmpd::narrator teller;
    teller.tell(ssh_event_with_lease(event_kind::acquired));
    auto elsewhere = gateway_event(event_kind::gateway_rebooted);
    elsewhere.gateway = "vpn";

    teller.tell(elsewhere);
    auto const unconcerned = teller.tell(ssh_event_with_lease(event_kind::renewed));
    teller.tell(gateway_event(event_kind::gateway_rebooted));
    auto const back = teller.tell(ssh_event_with_lease(event_kind::renewed));

    BOOST_TEST((level_of_first(unconcerned) == log_level::debug));
    BOOST_TEST((level_of_first(back) == log_level::info));
}

BOOST_AUTO_TEST_CASE(points_out_an_address_that_is_not_public_once) {
    pmpd::narrator teller;

    BOOST_TEST(teller.tell(acquired_at("192.168.0.2")).size() == 2U);
    BOOST_TEST(teller.tell(acquired_at("192.168.0.2")).size() == 1U);
    BOOST_TEST(teller.tell(acquired_at("192.168.0.3")).size() == 2U);
}

BOOST_AUTO_TEST_CASE(points_out_nothing_about_public_and_unknown_addresses) {
    pmpd::narrator teller;

    BOOST_TEST(teller.tell(acquired_at("9.9.9.9")).size() == 1U);
    BOOST_TEST(teller.tell(acquired_at("0.0.0.0")).size() == 1U);
    BOOST_TEST(teller.tell(acquired_at("2001:db8::1")).size() == 1U);
}

BOOST_AUTO_TEST_CASE(says_by_what_this_gateway_is_asked) {
    pmpd::narrator teller;
    pmp::gateway_settings vpn;
    vpn.name = "vpn";
    vpn.protocols = {pmp::dialect_id::nat_pmp};
    teller.use({pmp::gateway_settings{}, vpn});
    auto silent = gateway_event(event_kind::gateway_silent);
    silent.gateway = "vpn";

    auto const lines = teller.tell(silent);

    BOOST_TEST(lines.front().message.find("asked by nat-pmp on") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_each_port_that_was_asked_on) {
    pmpd::narrator teller;
    teller.use({pmp::gateway_settings{}});

    auto const lines = teller.tell(gateway_event(event_kind::gateway_silent));

    BOOST_TEST(
        lines.front().message.find(
            "asked by pcp and nat-pmp on port 5351, by upnp on port 1900, still asking"
        ) != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(names_a_description_url_that_leads_to_nothing) {
    pmpd::narrator teller;
    pmp::gateway_settings told;
    told.description_url = "http://192.168.1.1:5000/root.xml";
    teller.use({told});
    auto refused = ssh_event(event_kind::refused);
    refused.error = pmp::fault::no_http;

    auto const lines = teller.tell(refused);

    BOOST_TEST(
        lines.front().message.ends_with("; its description_url is http://192.168.1.1:5000/root.xml")
    );
}

BOOST_AUTO_TEST_SUITE_END()
