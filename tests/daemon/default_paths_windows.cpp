// SPDX-License-Identifier: MIT
#include "daemon/control_path.hpp"
#include "daemon/options.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(options)

namespace {

std::string no_variable(char const* /*name*/) {
    return {};
}

/// A user whose name is in no code page.
std::string of_a_user(char const* name) {
    return std::string(name) == "LOCALAPPDATA" ? "C:\\Users\\ж中\\AppData\\Local" : std::string();
}

} // namespace

BOOST_AUTO_TEST_CASE(put_all_of_the_service_into_one_folder) {
    auto const config = pmpd::default_config();

    BOOST_TEST(config.filename() == "pmpd.yaml");
    BOOST_TEST(config.parent_path().filename() == "pmpd");
    BOOST_TEST(config.is_absolute());
    BOOST_TEST(pmpd::default_state(no_variable, true) == config.parent_path() / "state.json");
}

BOOST_AUTO_TEST_CASE(put_the_state_of_a_user_where_windows_says) {
    std::filesystem::path const expected(u8"C:\\Users\\ж中\\AppData\\Local\\pmpd\\state.json");

    BOOST_TEST((pmpd::default_state(of_a_user, false) == expected));
    BOOST_TEST(pmpd::default_state(no_variable, false).empty());
}

BOOST_AUTO_TEST_CASE(put_the_control_channel_where_pmp_looks_for_it) {
    BOOST_TEST(pmpd::default_control(no_variable, true) == R"(\\.\pipe\pmpd)");
    BOOST_TEST(pmpd::default_control(no_variable, false) == R"(\\.\pipe\pmpd)");
}

BOOST_AUTO_TEST_CASE(explain_the_places_of_windows_and_no_others) {
    auto const help = std::get<pmpd::answer>(pmpd::parse_options({"--help"})).text;

    for (std::string const place :
         {R"(%ProgramData%\pmpd\pmpd.yaml)",
          R"(%LOCALAPPDATA%\pmpd\state.json)",
          R"(\\.\pipe\pmpd)"}) {
        BOOST_TEST(help.find(place) != std::string::npos, place);
    }
    for (std::string const stranger : {"/etc", "/var", "/run", "SIGHUP", "XDG"}) {
        BOOST_TEST(help.find(stranger) == std::string::npos, stranger);
    }
}

BOOST_AUTO_TEST_SUITE_END()
