// SPDX-License-Identifier: MIT
#include "cli/help.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <sstream>

using namespace pmp::cli;

namespace {

std::vector<std::string> lines(std::string const& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

void check_fits(std::string const& text) {
    auto const all = lines(text);
    BOOST_TEST(all.size() <= 30);
    for (auto const& line : all) {
        BOOST_TEST(line.size() <= 80, line);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(help_texts)

BOOST_AUTO_TEST_CASE(each_fits_on_a_screen) {
    check_fits(help());
    for (auto const* each : verbs()) {
        check_fits(help(*each));
    }
}

BOOST_AUTO_TEST_CASE(each_verb_is_listed_and_has_an_example) {
    auto const all = help();
    for (auto const* each : verbs()) {
        auto const of_verb = help(*each);

        BOOST_TEST(all.find("\n  " + std::string(each->name)) != std::string::npos);
        BOOST_TEST(of_verb.find("\n  pmp " + std::string(each->name)) != std::string::npos);
        BOOST_TEST(of_verb.starts_with("Usage: pmp " + std::string(each->name)));
    }
}

BOOST_AUTO_TEST_CASE(each_option_of_a_verb_is_there_once) {
    for (auto const* each : verbs()) {
        std::set<std::string_view> names;
        for (auto const* option : each->options) {
            names.insert(option->name);
            BOOST_TEST(help(*each).find(std::string(option->help)) != std::string::npos);
        }
        BOOST_TEST(names.size() == each->options.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
