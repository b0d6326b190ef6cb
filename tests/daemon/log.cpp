// SPDX-License-Identifier: MIT
#include "log_to_file.hpp"
#include "scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>

BOOST_AUTO_TEST_SUITE(daemon_log)

using namespace daemon_test;
using pmp::config::log_format;
using pmpd::log_level;

BOOST_AUTO_TEST_CASE(has_time_and_level_in_front_of_each_line) {
    scratch const dir;
    pmpd::log log;
    BOOST_REQUIRE(!log.use(to_file(dir / "log")));

    log.write({log_level::warn, "careful", {{"a", 1}}});

    std::regex const expected(
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d warn  careful a=1\n)"
    );
    BOOST_TEST(std::regex_match(text(dir / "log"), expected), text(dir / "log"));
}

BOOST_AUTO_TEST_CASE(in_json_has_one_object_a_line) {
    scratch const dir;
    auto settings = to_file(dir / "log");
    settings.format = log_format::json;
    pmpd::log log;
    BOOST_REQUIRE(!log.use(settings));

    log.write({log_level::info, "one", {}});
    log.write({log_level::info, "two", {}});

    std::regex const expected(
        R"(\{"time":"[^"]*","level":"info","message":"one"\}\n\{.*"message":"two"\}\n)"
    );
    BOOST_TEST(std::regex_match(text(dir / "log"), expected), text(dir / "log"));
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_below_its_level_unless_somebody_asked) {
    scratch const dir;
    auto settings = to_file(dir / "log");
    settings.level = log_level::warn;
    pmpd::log log;
    BOOST_REQUIRE(!log.use(settings));

    log.write({log_level::info, "routine", {}});
    log.answer({log_level::info, "wanted", {}});

    auto const all = contents(dir / "log");
    BOOST_TEST(all.find("routine") == std::string::npos);
    BOOST_TEST(all.find("wanted") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stays_as_it_was_when_a_file_cannot_be_opened) {
    scratch const dir;
    pmpd::log log;
    BOOST_REQUIRE(!log.use(to_file(dir / "log")));

    auto const why = log.use(to_file(dir / "log" / "below-a-file"));
    log.write({log_level::info, "still here", {}});

    BOOST_TEST(why.value().find("below-a-file") != std::string::npos);
    BOOST_TEST(contents(dir / "log").find("still here") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
