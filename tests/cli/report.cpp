// SPDX-License-Identifier: MIT
#include "cli/report.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

using namespace pmp::cli;

namespace {

diagnosis two_steps() {
    return {
        {{"gateway", "gateway", outcome::ok, "gateway 192.168.1.1 answers", {}},
         {"external_address",
          "external address",
          outcome::failed,
          "the external address 192.168.0.2 is a private one: there is another NAT",
          "ask for one"}},
        {"double_nat", 1, "there is another NAT", "ask for one"}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(doctor_report)

BOOST_AUTO_TEST_CASE(steps_are_aligned_and_the_verdict_ends_it) {
    auto const text = report(two_steps(), {80, false, false});

    BOOST_TEST(
        text == "+ gateway           192.168.1.1 answers\n"
                "x external address  192.168.0.2 is a private one: there is another NAT\n"
                "\n"
                "There is another NAT.\n"
                "What to do: ask for one.\n"
    );
}

BOOST_AUTO_TEST_CASE(what_to_do_about_a_step_stands_below_it_unless_the_end_says_it) {
    auto found = two_steps();
    found.findings[0].advice = "restart the gateway";

    auto const text = report(found, {80, false, false});

    BOOST_TEST(text.starts_with("+ gateway           192.168.1.1 answers\n"
                                "                    -> restart the gateway\n"
                                "x external address"));
    BOOST_TEST(text.find("-> ask for one") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(long_lines_are_wrapped_below_their_text) {
    auto const text = report(two_steps(), {50, false, false});

    BOOST_TEST(
        text.find("\nx external address  192.168.0.2 is a private one:\n"
                  "                    there is another NAT\n") != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(ticks_and_colours_are_there_where_they_are_wanted) {
    auto const text = report(two_steps(), {80, true, true});

    BOOST_TEST(text.starts_with("\x1b[32m\u2713\x1b[0m gateway"));
    BOOST_TEST(text.find("\x1b[31m\u2717\x1b[0m external") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_gateway_says_cannot_move_the_cursor) {
    auto found = two_steps();
    found.findings[0].summary = "\x1b[2J";

    BOOST_TEST(report(found, {80, false, false}).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_has_the_verdict_and_each_step) {
    auto const text = boost::json::serialize(report_json(two_steps(), facts()));

    BOOST_TEST(
        text == R"({"verdict":{"name":"double_nat","sentence":"there is another NAT",)"
                R"("advice":"ask for one"},"gateway":null,"external_address":null,"steps":[)"
                R"({"step":"gateway","result":"ok","summary":"gateway 192.168.1.1 answers",)"
                R"("advice":null},{"step":"external_address","result":"failed","summary":)"
                R"("the external address 192.168.0.2 is a private one: there is another NAT",)"
                R"("advice":"ask for one"}]})"
    );
}

BOOST_AUTO_TEST_SUITE_END()
