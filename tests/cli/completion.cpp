// SPDX-License-Identifier: MIT
#include "cli/completion_scripts.hpp"
#include "cli/verb.hpp"
#include "daemon/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace pmp::cli;

namespace {

bool is_present(std::string const& shell) {
    return std::system(("command -v " + shell + " >/dev/null 2>&1").c_str()) == 0;
}

/// Whether the shell can read it.
bool parses(std::string const& shell, std::string const& script) {
    daemon_test::scratch dir;
    daemon_test::write(dir / "pmp", script);
    return std::system((shell + " -n " + (dir / "pmp").string()).c_str()) == 0;
}

/// What bash offers after these words, the last of which is being written.
std::string offered(std::vector<std::string> const& words) {
    daemon_test::scratch dir;
    auto script = bash_completion() + "COMP_WORDS=(";
    for (auto const& each : words) {
        script += "'" + each + "' ";
    }
    script +=
        ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) + "\n_pmp\necho \"${COMPREPLY[*]}\"\n";
    daemon_test::write(dir / "script", script);
    auto const out = dir / "out";
    BOOST_REQUIRE(
        std::system(("bash " + (dir / "script").string() + " > " + out.string()).c_str()) == 0
    );
    auto text = daemon_test::contents(out);
    text.pop_back();
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(each_shell_that_is_present_can_read_its_script) {
    std::vector<std::pair<std::string, std::string>> const scripts{
        {"bash", bash_completion()}, {"zsh", zsh_completion()}, {"fish", fish_completion()}};
    for (auto const& [shell, script] : scripts) {
        if (is_present(shell)) {
            BOOST_TEST(parses(shell, script), shell);
        }
    }
}

BOOST_AUTO_TEST_CASE(all_scripts_know_each_verb_and_option) {
    for (auto const& script : {bash_completion(), zsh_completion(), fish_completion()}) {
        for (auto const* each : verbs()) {
            BOOST_TEST(script.find(std::string(each->name)) != std::string::npos);
            for (auto const* option : each->options) {
                BOOST_TEST(script.find(std::string(option->name.substr(2))) != std::string::npos);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(bash_offers_verbs_first) {
    BOOST_TEST(offered({"pmp", "ma"}) == "map");
    BOOST_TEST(offered({"pmp", "un"}) == "unmap");
    BOOST_TEST(offered({"pmp", "--v"}) == "--version");
}

BOOST_AUTO_TEST_CASE(bash_offers_a_verbs_own_options) {
    BOOST_TEST(offered({"pmp", "map", "--ex"}) == "--exact");
    BOOST_TEST(offered({"pmp", "discover", "--ex"}) == "");
}

BOOST_AUTO_TEST_CASE(bash_offers_an_options_values) {
    BOOST_TEST(offered({"pmp", "map", "--protocol", ""}) == "tcp udp both");
    BOOST_TEST(offered({"pmp", "map", "--protocol", "=", "u"}) == "udp");
    BOOST_TEST(offered({"pmp", "map", "--protocol", "="}) == "tcp udp both");
    BOOST_TEST(offered({"pmp", "map", "--interface", "lo"}) == "lo");
}

BOOST_AUTO_TEST_CASE(bash_offers_the_words_of_a_verb) {
    BOOST_TEST(offered({"pmp", "completion", "z"}) == "zsh");
    BOOST_TEST(offered({"pmp", "help", "disc"}) == "discover");
}

BOOST_AUTO_TEST_CASE(bash_offers_programs_after_two_dashes) {
    auto const programs = offered({"pmp", "map", "22", "--", "bas"});

    BOOST_TEST((" " + programs + " ").find(" bash ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
