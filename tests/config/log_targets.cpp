// SPDX-License-Identifier: MIT
#include "config/system_log.hpp"
#include "parsing.hpp"

#include <array>

using namespace pmp::config;

namespace {

std::string refusal(std::string_view text, system_log const& native) {
    auto const read = read_log_target(text, native);
    return read.has_value() ? std::string() : read.error().sentence;
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_targets)

BOOST_AUTO_TEST_CASE(are_the_systems_own_log_besides_what_all_systems_have) {
    for (auto const& native : {log_of_linux, log_of_windows}) {
        BOOST_TEST((read_log_target("auto", native)->to == log_target::kind::automatic));
        BOOST_TEST((read_log_target("stderr", native)->to == log_target::kind::standard_error));
        BOOST_TEST((read_log_target("file:pmpd.log", native)->to == log_target::kind::file));
    }
    BOOST_TEST((read_log_target("journald", log_of_linux)->to == log_target::kind::journald));
    BOOST_TEST((read_log_target("eventlog", log_of_windows)->to == log_target::kind::event_log));
}

BOOST_AUTO_TEST_CASE(are_not_the_log_of_another_system) {
    BOOST_TEST(
        refusal("eventlog", log_of_linux) ==
        "'eventlog' is a log of Windows; write auto, stderr, journald or file:PATH"
    );
    BOOST_TEST(
        refusal("journald", log_of_windows) ==
        "'journald' is a log of Linux; write auto, stderr, eventlog or file:PATH"
    );
}

BOOST_AUTO_TEST_CASE(of_a_file_are_those_of_the_system_that_reads_it) {
    auto const name = std::string(native_log().name);

    BOOST_TEST((accepted("log: {target: " + name + "}").log.target.to == native_log().kind));
}

BOOST_AUTO_TEST_CASE(that_are_misspelt_are_told_with_the_nearest) {
    BOOST_TEST(
        refusal("event-log", log_of_windows) ==
        "'event-log' is not known here; did you mean 'eventlog'?"
    );
}

BOOST_AUTO_TEST_SUITE_END()
