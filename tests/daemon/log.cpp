// SPDX-License-Identifier: MIT
#include "daemon/log.hpp"

#include "scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>

BOOST_AUTO_TEST_SUITE(daemon_log)

using namespace daemon_test;
using pmp::config::log_format;
using pmp::config::log_settings;
using pmp::config::log_target;
using pmpd::log_level;

namespace {

log_settings to_file(std::filesystem::path const& path) {
    log_settings out;
    out.target = {log_target::kind::file, path};
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(has_time_and_level_in_front_of_each_line) {
    scratch const dir;
    pmpd::log log;
    BOOST_REQUIRE(!log.use(to_file(dir / "log")));

    log.write({log_level::warn, "careful", {{"a", 1}}});

    std::regex const expected(
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d warn  careful a=1\n)"
    );
    BOOST_TEST(std::regex_match(contents(dir / "log"), expected), contents(dir / "log"));
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
    BOOST_TEST(std::regex_match(contents(dir / "log"), expected), contents(dir / "log"));
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_below_its_level_unless_somebody_asked) {
    scratch const dir;
    auto settings = to_file(dir / "log");
    settings.level = log_level::warn;
    pmpd::log log;
    BOOST_REQUIRE(!log.use(settings));

    log.write({log_level::info, "routine", {}});
    log.answer({log_level::info, "wanted", {}});

    auto const text = contents(dir / "log");
    BOOST_TEST(text.find("routine") == std::string::npos);
    BOOST_TEST(text.find("wanted") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(appends_to_a_file_and_follows_logrotate) {
    scratch const dir;
    write(dir / "log", "before\n");
    pmpd::log log;
    BOOST_REQUIRE(!log.use(to_file(dir / "log")));
    log.write({log_level::info, "one", {}});

    std::filesystem::rename(dir / "log", dir / "log.1");
    BOOST_REQUIRE(!log.use(to_file(dir / "log")));
    log.write({log_level::info, "two", {}});

    BOOST_TEST(contents(dir / "log.1").rfind("before\n", 0) == 0U);
    BOOST_TEST(contents(dir / "log.1").find("one") != std::string::npos);
    BOOST_TEST(contents(dir / "log").find("two") != std::string::npos);
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

BOOST_AUTO_TEST_CASE(survives_a_full_disk) {
    pmpd::log log;
    BOOST_REQUIRE(!log.use(to_file("/dev/full")));

    BOOST_CHECK_NO_THROW(log.write({log_level::error, "nowhere to go", {}}));
}

BOOST_AUTO_TEST_SUITE_END()
