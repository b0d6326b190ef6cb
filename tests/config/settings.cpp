// SPDX-License-Identifier: MIT
#include "parsing.hpp"

using namespace std::chrono_literals;
using pmp::config::configuration;

BOOST_AUTO_TEST_SUITE(config_settings)

BOOST_AUTO_TEST_CASE(are_all_optional) {
    for (auto const* text :
         {"", "# nothing\n", "---\n", "{}", "mappings:\n", "mappings: []\n", "gateways:\nlog:\n"})
        BOOST_TEST((accepted(text) == configuration{}), text);
}

BOOST_AUTO_TEST_CASE(are_taken_from_the_file) {
    auto const read = accepted("release_on_exit: false\n"
                               "release_timeout: 10s\n"
                               "state: /tmp/state.json\n"
                               "log: {level: trace, format: json, target: stderr}\n");

    BOOST_TEST(!read.release_on_exit);
    BOOST_TEST((read.release_timeout == 10'000ms));
    BOOST_TEST((read.state == std::filesystem::path("/tmp/state.json")));
    BOOST_TEST((read.log.level == pmp::config::log_level::trace));
    BOOST_TEST((read.log.format == pmp::config::log_format::json));
    BOOST_TEST((read.log.target.to == pmp::config::log_target::kind::standard_error));
}

BOOST_AUTO_TEST_CASE(know_each_log_level) {
    using pmp::config::log_level;

    BOOST_TEST((accepted("log: {level: debug}").log.level == log_level::debug));
    BOOST_TEST((accepted("log: {level: info}").log.level == log_level::info));
    BOOST_TEST((accepted("log: {level: warn}").log.level == log_level::warn));
    BOOST_TEST((accepted("log: {level: error}").log.level == log_level::error));
}

BOOST_AUTO_TEST_CASE(log_to_the_file_that_is_named) {
    auto const target = accepted("log: {target: file:/var/log/pmpd.log}").log.target;

    BOOST_TEST((target.to == pmp::config::log_target::kind::file));
    BOOST_TEST((target.path == std::filesystem::path("/var/log/pmpd.log")));
}

BOOST_AUTO_TEST_CASE(log_to_files_with_a_path_only) {
    BOOST_TEST(
        complaint_about("log: {target: 'file:'}") ==
        "1:15: log.target: the path is empty; write the path of a file"
    );
    BOOST_TEST(
        complaint_about("log: {target: /var/log/pmpd.log}") ==
        "1:15: log.target: '/var/log/pmpd.log' is not known here; write file: before the path "
        "of a file"
    );
}

BOOST_AUTO_TEST_CASE(take_a_path_with_any_letters) {
    auto const read = accepted("state: /var/lib/pmpd/zustände.json\n");

    BOOST_TEST((read.state->u8string() == u8"/var/lib/pmpd/zust\u00e4nde.json"));
}

BOOST_AUTO_TEST_CASE(refuse_a_path_that_is_empty_or_holds_control_characters) {
    BOOST_TEST(
        complaint_about("state: ''") == "1:8: state: the path is empty; write the path of a file"
    );
    BOOST_TEST(
        complaint_about("state: \"a\\0b\"") ==
        "1:8: state: the path 'a\\x00b' holds control characters; write it without"
    );
}

BOOST_AUTO_TEST_CASE(take_a_place_for_metrics) {
    auto const place = [](std::string const& text) {
        return to_string(accepted("metrics: " + text).metrics.value());
    };

    BOOST_TEST(place("9351") == "127.0.0.1:9351");
    BOOST_TEST(place("localhost:9351") == "127.0.0.1:9351");
    BOOST_TEST(place("0.0.0.0:80") == "0.0.0.0:80");
    BOOST_TEST(place("'[::1]:9351'") == "[::1]:9351");
}

BOOST_AUTO_TEST_CASE(refuse_what_is_no_place_for_metrics) {
    for (std::string const text :
         {"x",
          "0",
          "127.0.0.1:",
          "127.0.0.1:70000",
          "any",
          "1.2.3:80",
          "::1:9351",
          "example.net:80",
          "[127.0.0.1]:80"})
        BOOST_TEST(
            complaint_about("metrics: \"" + text + "\"").find("is no place to listen") !=
                std::string::npos,
            text
        );
}

BOOST_AUTO_TEST_CASE(take_every_spelling_of_true_and_false) {
    for (auto const* yes :
         {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "'true'"})
        BOOST_TEST(accepted(std::string("release_on_exit: ") + yes).release_on_exit, yes);
    for (auto const* no : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
        BOOST_TEST(!accepted(std::string("release_on_exit: ") + no).release_on_exit, no);
    BOOST_TEST(
        complaint_about("release_on_exit: 1") ==
        "1:18: release_on_exit: '1' is neither true nor false; write true or false"
    );
}

BOOST_AUTO_TEST_CASE(have_times_in_seconds_minutes_hours_and_days) {
    auto const lifetime = [](std::string const& text) {
        return accepted("lifetime: " + text + "\nmappings: [{protocol: tcp, internal: 1}]\n")
            .mappings.front()
            .lifetime;
    };

    BOOST_TEST((lifetime("45") == 45s));
    BOOST_TEST((lifetime("90s") == 90s));
    BOOST_TEST((lifetime("30m") == 30min));
    BOOST_TEST((lifetime("2h") == 2h));
    BOOST_TEST((lifetime("1d") == 24h));
    BOOST_TEST((lifetime("'1d'") == 24h));
}

BOOST_AUTO_TEST_CASE(refuse_times_of_another_form) {
    for (std::string const text :
         {"1h30m", "1.5h", "-5s", "500ms", "h", "2 h", "2H", "0x10", "+5s", "1e3"})
        BOOST_TEST(
            complaint_about("lifetime: " + text) ==
                "1:11: lifetime: '" + text +
                    "' is not a time; write a whole number and s, m, h or d, such as 90s, 30m, "
                    "2h or 1d",
            text
        );
}

BOOST_AUTO_TEST_CASE(have_lifetimes_from_ten_seconds_to_seven_days) {
    BOOST_TEST(complaint_about("lifetime: 10") == "");
    BOOST_TEST(complaint_about("lifetime: 7d") == "");
    BOOST_TEST(
        complaint_about("lifetime: 9s") == "1:11: lifetime: '9s' is too short; write at least 10s"
    );
    BOOST_TEST(
        complaint_about("lifetime: 604801") ==
        "1:11: lifetime: '604801' is too long; write at most 7d"
    );
    BOOST_TEST(
        complaint_about("lifetime: 99999999999999999999999d") ==
        "1:11: lifetime: '99999999999999999999999d' is too long; write at most 7d"
    );
}

BOOST_AUTO_TEST_CASE(release_within_five_minutes) {
    BOOST_TEST((accepted("release_timeout: 0").release_timeout == 0ms));
    BOOST_TEST((accepted("release_timeout: 5m").release_timeout == 300'000ms));
    BOOST_TEST(
        complaint_about("release_timeout: 301") ==
        "1:18: release_timeout: '301' is too long; write at most 5m"
    );
}

BOOST_AUTO_TEST_CASE(read_back_every_ten_seconds_to_a_day_or_never) {
    BOOST_TEST((accepted("{}").verify == 10min));
    BOOST_TEST((accepted("verify: 0").verify == 0s));
    BOOST_TEST((accepted("verify: 0m").verify == 0s));
    BOOST_TEST((accepted("verify: 10").verify == 10s));
    BOOST_TEST((accepted("verify: 1d").verify == 24h));
    BOOST_TEST(
        complaint_about("verify: 9s") == "1:9: verify: '9s' is too short; write at least 10s"
    );
    BOOST_TEST(
        complaint_about("verify: 25h") == "1:9: verify: '25h' is too long; write at most 1d"
    );
}

BOOST_AUTO_TEST_CASE(without_a_value_are_refused) {
    BOOST_TEST(
        complaint_about("mappings: []\nlifetime:\nlog: {}\n") ==
        "2:1: lifetime: there is no value; write a time such as 2h, or remove the key"
    );
    BOOST_TEST(
        complaint_about("lifetime: ~\n") ==
        "1:1: lifetime: there is no value; write a time such as 2h, or remove the key"
    );
}

BOOST_AUTO_TEST_CASE(of_another_type_are_refused) {
    BOOST_TEST(
        complaint_about("lifetime: [2h]") == "1:11: lifetime: must be a time such as 2h, not a list"
    );
    BOOST_TEST(
        complaint_about("log: debug") ==
        "1:6: log: must be a map such as {level: info}, not 'debug'"
    );
    BOOST_TEST(
        complaint_about("mappings: ssh") ==
        "1:11: mappings: must be a list such as [{protocol: tcp, internal: 22}], not 'ssh'"
    );
    BOOST_TEST(
        complaint_about("mappings: {ssh: {}}") ==
        "1:11: mappings: must be a list such as [{protocol: tcp, internal: 22}], not a map"
    );
}

BOOST_AUTO_TEST_CASE(with_an_unknown_key_are_refused) {
    BOOST_TEST(
        complaint_about("mapings: []") == "1:1: unknown key 'mapings'; did you mean 'mappings'?"
    );
    BOOST_TEST(
        complaint_about("log: {colour: red}") ==
        "1:7: log: unknown key 'colour'; it can be level, format or target"
    );
}

BOOST_AUTO_TEST_CASE(are_refused_where_a_key_occurs_twice) {
    BOOST_TEST(
        complaint_about("lifetime: 1h\nlog: {}\nlifetime: 2h\n") ==
        "3:1: the key 'lifetime' is already used at line 1; keep one of them"
    );
}

BOOST_AUTO_TEST_SUITE_END()
