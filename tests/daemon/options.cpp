// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

BOOST_AUTO_TEST_SUITE(options)

namespace {

pmpd::options accepted(std::vector<std::string> const& arguments) {
    return std::get<pmpd::options>(pmpd::parse_options(arguments));
}

pmpd::answer answered(std::vector<std::string> const& arguments) {
    return std::get<pmpd::answer>(pmpd::parse_options(arguments));
}

} // namespace

BOOST_AUTO_TEST_CASE(have_defaults) {
    auto const given = accepted({});

    BOOST_TEST(given.config == pmpd::default_config());
    BOOST_TEST(!given.check);
    BOOST_TEST(!given.once);
    BOOST_TEST(!given.state.has_value());
    BOOST_TEST(!given.control.has_value());
    BOOST_TEST(!given.log_level.has_value());
    BOOST_TEST(!given.log_format.has_value());
}

BOOST_AUTO_TEST_CASE(are_all_understood) {
    auto const given = accepted(
        {"--config",
         "a.yaml",
         "--once",
         "--state=b.json",
         "--control=c.sock",
         "--log-level",
         "warn",
         "--log-format=json"}
    );

    BOOST_TEST(given.config == "a.yaml");
    BOOST_TEST(given.once);
    BOOST_TEST(given.state.value() == "b.json");
    BOOST_TEST(given.control.value() == "c.sock");
    BOOST_TEST((given.log_level == pmp::config::log_level::warn));
    BOOST_TEST((given.log_format == pmp::config::log_format::json));
}

BOOST_AUTO_TEST_CASE(that_are_wrong_cost_one_sentence_and_status_2) {
    std::vector<std::vector<std::string>> const wrong = {
        {"--confg", "a"},
        {"--conf", "a"},
        {"-c", "a"},
        {"--config"},
        {"--config", "a", "--config", "b"},
        {"--check=yes"},
        {"--check", "--once"},
        {"--log-level", "loud"},
        {"--log-format", "xml"},
        {"start"},
        {"service", "install"},
    };

    for (auto const& arguments : wrong) {
        auto const refusal = answered(arguments);

        BOOST_TEST_CONTEXT(refusal.text) {
            BOOST_TEST(refusal.status == 2);
            BOOST_TEST(refusal.text.rfind("pmpd: ", 0) == 0U);
            BOOST_TEST(std::count(refusal.text.begin(), refusal.text.end(), '\n') == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(say_of_words_that_belong_to_the_product_that_they_are_not_here) {
    BOOST_TEST(
        answered({"service", "install"}).text ==
        "pmpd: this version can't run as a Windows service; see pmpd --help\n"
    );
}

BOOST_AUTO_TEST_CASE(answer_for_the_version) {
    auto const version = answered({"--version"});

    BOOST_TEST(version.status == 0);
    BOOST_TEST(version.text.rfind("pmpd ", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(explain_themselves_on_one_screen) {
    auto const help = answered({"--help"});

    BOOST_TEST(help.status == 0);
    BOOST_TEST(std::count(help.text.begin(), help.text.end(), '\n') < 24);
    std::size_t longest = 0;
    for (std::size_t from = 0, to = 0; to != std::string::npos; from = to + 1) {
        to = help.text.find('\n', from);
        longest = std::max(longest, std::min(to, help.text.size()) - from);
    }
    BOOST_TEST(longest < 80U);
}

BOOST_AUTO_TEST_SUITE_END()
