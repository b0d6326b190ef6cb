// SPDX-License-Identifier: MIT
#include "daemon/log_line.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(log_line)

using pmpd::log_level;

BOOST_AUTO_TEST_CASE(in_text_is_the_message_and_what_it_does_not_say) {
    pmpd::log_line const line = {
        log_level::info,
        "opened ssh",
        {{"protocol", "tcp", true}, {"mapping", "ssh"}, {"lifetime", 3600}}};

    BOOST_TEST(to_text(line) == "opened ssh mapping=ssh lifetime=3600");
}

BOOST_AUTO_TEST_CASE(quotes_values_that_would_not_read_back_as_one) {
    pmpd::log_line const line = {
        log_level::info,
        "m",
        {{"a", ""}, {"b", "two words"}, {"c", "k=v"}, {"d", R"(say "hi" \o/)"}}};

    BOOST_TEST(to_text(line) == R"(m a="" b="two words" c="k=v" d="say \"hi\" \\o/")");
}

BOOST_AUTO_TEST_CASE(stays_one_line_whatever_is_in_it) {
    pmpd::log_line const line = {
        log_level::info, "first\nsecond\x1b[2J", {{"name", "a\r\n\tb\x7f"}}};

    BOOST_TEST(to_text(line) == R"(first\nsecond\x1b[2J name="a\r\n\tb\x7f")");
}

BOOST_AUTO_TEST_CASE(keeps_letters_of_any_language) {
    pmpd::log_line const line = {log_level::info, "lost büro", {{"mapping", "büro"}}};

    BOOST_TEST(to_text(line) == "lost büro mapping=büro");
}

BOOST_AUTO_TEST_CASE(in_json_has_time_level_message_and_every_field) {
    using namespace std::chrono;
    pmpd::log_line const line = {
        log_level::warn,
        "a \"b\"\n",
        {{"protocol", "tcp", true}, {"mapping", "ssh"}, {"lifetime", 3600}}};
    auto const at = system_clock::time_point(seconds(1714564799) + milliseconds(7));

    BOOST_TEST(
        to_json(line, at) ==
        R"({"time":"2024-05-01T11:59:59.007Z","level":"warn","message":"a \"b\"\n",)"
        R"("protocol":"tcp","mapping":"ssh","lifetime":3600})"
    );
}

BOOST_AUTO_TEST_SUITE_END()
