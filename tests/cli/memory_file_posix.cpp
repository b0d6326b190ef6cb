// SPDX-License-Identifier: MIT
#include "cli/memory_file.hpp"
#include "daemon/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <map>

using namespace pmp::cli;

BOOST_AUTO_TEST_SUITE(memory_of_pmp)

BOOST_AUTO_TEST_CASE(nobody_else_can_read_it) {
    daemon_test::scratch const dir;
    auto const path = dir / "pmp" / "memory.json";
    memory_file(
        path, [](std::string const&) {}, [] { return false; }
    ).load();

    struct stat file {};
    struct stat directory {};
    struct stat secret {};
    BOOST_REQUIRE(::stat(path.c_str(), &file) == 0);
    BOOST_REQUIRE(::stat((dir / "pmp" / "secret.json").c_str(), &secret) == 0);
    BOOST_TEST((secret.st_mode & 0777U) == 0600U);
    BOOST_REQUIRE(::stat(path.parent_path().c_str(), &directory) == 0);
    BOOST_TEST((file.st_mode & 0777U) == 0600U);
    BOOST_TEST((directory.st_mode & 0777U) == 0700U);
}

BOOST_AUTO_TEST_CASE(its_place_follows_the_base_directories) {
    std::map<std::string, std::string> variables{{"HOME", "/home/ann"}};
    auto const look_up = [&](char const* name) { return variables[name]; };

    BOOST_TEST(memory_path(look_up, false) == "/home/ann/.local/state/pmp/memory.json");
    BOOST_TEST(memory_path(look_up, true) == "/var/lib/pmp/memory.json");
    variables["XDG_STATE_HOME"] = "/state";
    BOOST_TEST(memory_path(look_up, false) == "/state/pmp/memory.json");
    variables["XDG_STATE_HOME"] = "relative";
    BOOST_TEST(memory_path(look_up, false) == "/home/ann/.local/state/pmp/memory.json");
    variables.clear();
    BOOST_TEST(memory_path(look_up, false) == "");
}

BOOST_AUTO_TEST_SUITE_END()
