// SPDX-License-Identifier: MIT
#include "log_to_file.hpp"
#include "scratch.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(daemon_log)

using namespace daemon_test;
using pmpd::log_level;

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

BOOST_AUTO_TEST_CASE(survives_a_full_disk) {
    pmpd::log log;
    BOOST_REQUIRE(!log.use(to_file("/dev/full")));

    BOOST_CHECK_NO_THROW(log.write({log_level::error, "nowhere to go", {}}));
}

BOOST_AUTO_TEST_SUITE_END()
