// SPDX-License-Identifier: MIT
#include "cli/command_line.hpp"

#include "config/scalars.hpp"

#include <boost/test/unit_test.hpp>

using namespace pmp::cli;

namespace {

verb const& map_verb() {
    return *find_verb("map");
}

request accepted(std::vector<std::string> const& arguments) {
    auto parsed = parse(map_verb(), arguments);
    if (auto const* wrong = std::get_if<misuse>(&parsed)) {
        BOOST_FAIL(wrong->sentence);
    }
    return std::get<request>(std::move(parsed));
}

std::string rejected(std::vector<std::string> const& arguments) {
    auto const parsed = parse(map_verb(), arguments);
    auto const* wrong = std::get_if<misuse>(&parsed);
    return wrong != nullptr ? wrong->sentence : "accepted";
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(options_stand_before_and_after_words) {
    auto const asked = accepted({"--json", "22", "--lifetime", "1h", "2222", "--quiet"});

    BOOST_TEST(
        asked.words == (std::vector<std::string>{"22", "2222"}), boost::test_tools::per_element()
    );
    BOOST_TEST(asked.json);
    BOOST_TEST(asked.quiet);
    BOOST_TEST((asked.lifetime == std::chrono::hours(1)));
}

BOOST_AUTO_TEST_CASE(a_value_may_follow_an_equals_sign) {
    auto const asked = accepted({"22", "--gateway=192.0.2.1", "--timeout=3s"});

    BOOST_TEST(asked.gateway.address->to_string() == "192.0.2.1");
    BOOST_TEST((asked.timeout == std::chrono::seconds(3)));
}

BOOST_AUTO_TEST_CASE(an_option_is_given_once) {
    BOOST_TEST(
        rejected({"22", "--timeout", "3", "--timeout=4"}) ==
        "--timeout is given twice; write it once"
    );
}

BOOST_AUTO_TEST_CASE(what_begins_like_a_negative_number_is_a_word) {
    BOOST_TEST(accepted({"-1"}).words == std::vector<std::string>{"-1"});
}

BOOST_AUTO_TEST_CASE(without_options_the_library_defaults_hold) {
    auto const asked = accepted({"22"});

    BOOST_TEST((asked.gateway == pmp::gateway_settings{}));
    BOOST_TEST((asked.lifetime == pmp::default_lifetime));
    BOOST_TEST((asked.timeout == std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_CASE(protocols_are_a_list_best_first) {
    auto const asked = accepted({"22", "--protocols", "nat-pmp,pcp"});

    std::vector const expected{pmp::dialect_id::nat_pmp, pmp::dialect_id::pcp};
    BOOST_TEST((asked.gateway.protocols == expected));
    BOOST_TEST(asked.only_protocols);
}

BOOST_AUTO_TEST_CASE(both_means_tcp_and_udp) {
    auto const asked = accepted({"22", "--protocol", "both"});

    std::vector const expected{pmp::transport::tcp, pmp::transport::udp};
    BOOST_TEST((asked.transports == expected));
}

BOOST_AUTO_TEST_CASE(everything_after_two_dashes_is_the_command) {
    auto const asked = accepted({"22", "--", "server", "--json", "--", "x"});

    BOOST_TEST(
        asked.command == (std::vector<std::string>{"server", "--json", "--", "x"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(!asked.json);
}

BOOST_AUTO_TEST_CASE(a_misspelt_option_is_told_with_the_one_that_was_meant) {
    BOOST_TEST(
        rejected({"22", "--lifetme", "1h"}) ==
        "unknown option '--lifetme'; did you mean --lifetime?"
    );
    BOOST_TEST(rejected({"22", "-x"}) == "unknown option '-x'");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_value_names_its_option) {
    BOOST_TEST(
        rejected({"22", "--gateway", "home"}).starts_with("--gateway: 'home' is not an IP address")
    );
    BOOST_TEST(
        rejected({"22", "--timeout", "soon"}) ==
        "--timeout: 'soon' is not a time; write a whole number and s, m or h, such as 10s or 5m"
    );
    BOOST_TEST(rejected({"22", "--timeout", "0"}).starts_with("--timeout: '0' is too short"));
    BOOST_TEST(
        rejected({"22", "--protocol", "tpc"}) ==
        "--protocol: 'tpc' is not known here; did you mean 'tcp'?"
    );
    BOOST_TEST(
        rejected({"22", "--protocol", "tcp,udp"}) ==
        "--protocol: 'tcp,udp' is not known here; did you mean 'both'?"
    );
    BOOST_TEST(
        rejected({"22", "--protocols", "pcp,"}).starts_with("--protocols: '' is not known here")
    );
    BOOST_TEST(
        rejected({"22", "--protocols", "pcp,pcp"}).starts_with("--protocols: 'pcp' is there twice")
    );
}

BOOST_AUTO_TEST_CASE(a_missing_value_is_told) {
    BOOST_TEST(rejected({"22", "--gateway"}) == "--gateway needs a value: --gateway ADDR");
}

BOOST_AUTO_TEST_CASE(the_zone_of_a_gateway_is_its_interface) {
    auto const asked = accepted({"22", "--gateway", "fe80::1%eth0"});
    auto const both = accepted({"22", "--interface", "eth0", "--gateway", "fe80::1%eth0"});

    BOOST_TEST(asked.gateway.address->to_string() == "fe80::1");
    BOOST_TEST(asked.gateway.interface == "eth0");
    BOOST_TEST(both.gateway.interface == "eth0");
    BOOST_TEST(
        rejected({"22", "--gateway", "fe80::1%eth0", "--interface", "eth1"}) ==
        "--interface: the interface behind the '%' of --gateway is not that of --interface; keep "
        "one of the two"
    );
}

BOOST_AUTO_TEST_CASE(a_link_local_gateway_needs_an_interface) {
    BOOST_TEST(
        rejected({"22", "--gateway", "fe80::1"}) ==
        "--gateway: a link-local address needs an interface; write fe80::1%" +
            std::string(pmp::config::example_interface()) + ", or add --interface NAME"
    );
}

BOOST_AUTO_TEST_CASE(a_switch_takes_no_value) {
    BOOST_TEST(rejected({"22", "--json=yes"}) == "--json takes no value");
}

BOOST_AUTO_TEST_CASE(too_few_and_too_many_words_are_told) {
    BOOST_TEST(rejected({}) == "INTERNAL is missing: pmp map INTERNAL [EXTERNAL]");
    BOOST_TEST(
        rejected({"22", "2222", "ls"}) == "unexpected argument 'ls'; a command comes after --"
    );
}

BOOST_AUTO_TEST_CASE(two_dashes_need_a_command) {
    BOOST_TEST(rejected({"22", "--"}) == "-- needs a command after it");
    BOOST_TEST(rejected({"22", "--", ""}) == "-- needs a command after it");
}

BOOST_AUTO_TEST_CASE(control_characters_never_reach_the_terminal) {
    BOOST_TEST(rejected({"--\x1b[2J"}) == "unknown option '--\\x1B[2J'");
}

BOOST_AUTO_TEST_CASE(help_outweighs_what_else_is_wrong) {
    BOOST_TEST(accepted({"--help"}).help);
    BOOST_TEST(accepted({"-h"}).help);
}

BOOST_AUTO_TEST_CASE(a_misspelt_verb_is_told_with_the_one_that_was_meant) {
    BOOST_TEST(
        unknown_verb("dicsover").sentence == "there is no verb 'dicsover'; did you mean discover?"
    );
    BOOST_TEST(unknown_verb("frobnicate").sentence == "there is no verb 'frobnicate'");
}

BOOST_AUTO_TEST_CASE(only_what_a_verb_offers_is_its_word) {
    auto const parsed = parse(*find_verb("completion"), {"tcsh"});

    BOOST_TEST(
        std::get<misuse>(parsed).sentence == "'tcsh' is not known here; write bash, zsh or fish"
    );
}

BOOST_AUTO_TEST_SUITE_END()
