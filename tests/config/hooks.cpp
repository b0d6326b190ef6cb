// SPDX-License-Identifier: MIT
#include "parsing.hpp"

namespace {

std::string const ssh = "mappings: [{name: ssh, protocol: tcp, internal: 22}]\n";

/// Of the first hook, which is at line 2.
std::string complaint(std::string const& hook) {
    return complaint_about(ssh + "hooks: [" + hook + "]");
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_hooks)

BOOST_AUTO_TEST_CASE(are_read_with_all_they_say) {
    auto const read = accepted(
        ssh + "hooks: [{on: [acquired, lost], mappings: [ssh], "
              "run: [open-x, '{mapping}', '{\"p\": {external_port}}'], timeout: 2m}]"
    );

    BOOST_TEST_REQUIRE(read.hooks.size() == 1U);
    auto const& hook = read.hooks.front();
    BOOST_TEST(
        (hook.on == std::vector<pmp::event_kind>{pmp::event_kind::acquired, pmp::event_kind::lost})
    );
    BOOST_TEST(hook.mappings == std::vector<std::string>{"ssh"}, boost::test_tools::per_element());
    BOOST_TEST(
        hook.run == (std::vector<std::string>{"open-x", "{mapping}", "{\"p\": {external_port}}"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(hook.timeout.count() == 120'000);
}

BOOST_AUTO_TEST_CASE(are_for_all_mappings_and_half_a_minute_where_nothing_else_is_said) {
    auto const read = accepted("hooks: [{on: [acquired], run: [logger]}]");

    BOOST_TEST(read.hooks.at(0).mappings.empty());
    BOOST_TEST(read.hooks.at(0).timeout.count() == 30'000);
}

BOOST_AUTO_TEST_CASE(need_events_and_a_program) {
    BOOST_TEST(
        complaint("{run: [xx]}") ==
        "2:9: hooks[0]: the key 'on' is missing; it must be a list such "
        "as [acquired, changed, lost]"
    );
    BOOST_TEST(
        complaint("{on: [lost], run: []}") ==
        "2:27: hooks[0].run: the list is empty; write a program, then its arguments"
    );
    BOOST_TEST(
        complaint("{on: lost, run: [xx]}") ==
        "2:14: hooks[0].on: must be a list such as [acquired, changed, lost], not 'lost'"
    );
}

BOOST_AUTO_TEST_CASE(know_their_events) {
    BOOST_TEST(
        complaint("{on: [aquired], run: [xx]}") ==
        "2:15: hooks[0].on[0]: 'aquired' is not known here; did you mean 'acquired'?"
    );
    BOOST_TEST(
        complaint("{on: [lost, lost], run: [xx]}") ==
        "2:21: hooks[0].on[1]: 'lost' is in the list twice; keep one of them"
    );
}

BOOST_AUTO_TEST_CASE(may_name_a_pair_or_a_range_as_the_file_does) {
    auto const read =
        accepted("mappings:\n"
                 "  - {name: torrent, protocol: both, internal: 6881}\n"
                 "  - {name: game, protocol: udp, internal: 5-6}\n"
                 "hooks: [{on: [lost], mappings: [torrent, game, torrent-tcp], run: [xx]}]\n");

    std::vector<std::string> const expected = {
        "torrent-tcp", "torrent-udp", "game-5", "game-6", "torrent-tcp"};
    BOOST_TEST(read.hooks.at(0).mappings == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(name_mappings_that_there_are) {
    BOOST_TEST(
        complaint("{on: [lost], mappings: [shs], run: [xx]}") ==
        "2:33: hooks[0].mappings[0]: there is no mapping 'shs'; did you mean 'ssh'?"
    );
}

BOOST_AUTO_TEST_CASE(know_their_placeholders) {
    BOOST_TEST(
        complaint("{on: [lost], run: [xx, '--port={external_prt}']}") ==
        "2:32: hooks[0].run[1]: the placeholder '{external_prt}' is not known; did you mean "
        "'{external_port}'?"
    );
    BOOST_TEST(complaint("{on: [lost], run: [xx, '{}{ event }{Event}{', '{\"a\": 1}']}") == "");
}

BOOST_AUTO_TEST_CASE(do_not_depend_on_a_directory) {
    BOOST_TEST(
        complaint("{on: [lost], run: [./x]}") ==
        "2:28: hooks[0].run[0]: './x' depends on the directory; write the whole path of the program"
    );
    BOOST_TEST(
        complaint("{on: [lost], run: ['']}") ==
        "2:28: hooks[0].run[0]: the program is empty; write its whole path"
    );
}

BOOST_AUTO_TEST_CASE(have_a_timeout_between_a_second_and_an_hour) {
    BOOST_TEST(
        complaint("{on: [lost], run: [xx], timeout: 0}") ==
        "2:42: hooks[0].timeout: '0' is too short; write at least 1s"
    );
    BOOST_TEST(
        complaint("{on: [lost], run: [xx], timeout: 2h}") ==
        "2:42: hooks[0].timeout: '2h' is too long; write at most 1h"
    );
}

BOOST_AUTO_TEST_SUITE_END()
