// SPDX-License-Identifier: MIT
#include "cli/child.hpp"

#include "cli/signals.hpp"
#include "daemon/scratch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace pmp::cli;
namespace errc = boost::system::errc;

namespace {

/// Its exit status; `act` is called once it has started.
int run(
    std::vector<std::string> const& command,
    child::variables const& also = {},
    std::function<void(child&)> const& act = {}
) {
    boost::asio::io_context context;
    std::optional<child> started;
    std::optional<int> status;
    signals heard(context.get_executor(), [&](heard_signal signal) {
        if (is_of_child(signal) && started) {
            status = started->exit_status();
        }
    });
    heard.hear_for_child();
    auto made = child::start(command, also);
    BOOST_REQUIRE(made.has_value());
    started = std::move(*made);
    if (act) {
        act(*started);
    }
    while (!status) {
        context.run_one();
    }
    return *status;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_child)

BOOST_AUTO_TEST_CASE(tells_its_own_status) {
    BOOST_TEST(run({"true"}) == 0);
    BOOST_TEST(run({"sh", "-c", "exit 7"}) == 7);
}

BOOST_AUTO_TEST_CASE(tells_the_signal_that_ended_it) {
    BOOST_TEST(run({"sh", "-c", "kill -KILL $$"}) == 128 + SIGKILL);
}

BOOST_AUTO_TEST_CASE(is_sent_what_is_passed_on) {
    auto const pass_on = [](child& started) { started.pass_on(SIGTERM); };

    BOOST_TEST(run({"sleep", "30"}, {}, pass_on) == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(has_the_variables_that_it_is_given_and_the_others) {
    ::setenv("PMP_TEST_PRESENT", "before", 1);

    auto const status = run(
        {"sh", "-c", "test \"$PMP_TEST_PRESENT $PMP_TEST_NEW\" = 'now there' && test -n \"$PATH\""},
        {{"PMP_TEST_PRESENT", "now"}, {"PMP_TEST_NEW", "there"}}
    );

    BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(finds_closed_pipes_deadly_again) {
    auto const before = std::signal(SIGPIPE, SIG_IGN);

    BOOST_TEST(run({"sh", "-c", "kill -PIPE $$"}) == 128 + SIGPIPE);

    std::signal(SIGPIPE, before);
}

BOOST_AUTO_TEST_CASE(is_looked_for_like_a_shell_does) {
    daemon_test::scratch dir;
    daemon_test::write(dir / "plain", "#!/bin/sh\n");

    BOOST_TEST(find_program("sh").has_value());
    BOOST_TEST((find_program("no-such-program-here").error() == errc::no_such_file_or_directory));
    BOOST_TEST((find_program("").error() == errc::no_such_file_or_directory));
    BOOST_TEST((find_program((dir / "none").string()).error() == errc::no_such_file_or_directory));
    BOOST_TEST((find_program((dir / "plain").string()).error() == errc::permission_denied));
    BOOST_TEST((find_program("/").error() == errc::permission_denied));
}

BOOST_AUTO_TEST_CASE(that_the_system_cannot_execute_is_an_error) {
    daemon_test::scratch dir;
    auto const path = dir / "nonsense";
    daemon_test::write(path, std::string("\0\1\2", 3));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);

    BOOST_TEST((child::start({path.string()}, {}).error() == errc::executable_format_error));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(signals_heard)

BOOST_AUTO_TEST_CASE(come_one_at_a_time_and_were_not_typed) {
    boost::asio::io_context context;
    std::vector<int> numbers;
    signals const heard(context.get_executor(), [&](heard_signal signal) {
        numbers.push_back(signal.number);
        BOOST_TEST(!signal.typed);
    });

    ::raise(SIGTERM);
    ::raise(SIGINT);
    context.run_one();
    context.run_one();

    BOOST_TEST(numbers == (std::vector{SIGTERM, SIGINT}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stay_ignored_where_they_were) {
    boost::asio::io_context context;
    auto const before = std::signal(SIGHUP, SIG_IGN);
    signals const heard(context.get_executor(), [](heard_signal) {});

    ::raise(SIGHUP);

    BOOST_TEST(context.poll() == 0U);
    std::signal(SIGHUP, before);
}

BOOST_AUTO_TEST_CASE(are_as_before_afterwards) {
    boost::asio::io_context context;
    {
        signals const heard(context.get_executor(), [](heard_signal) {});
    }

    BOOST_TEST((std::signal(SIGTERM, SIG_DFL) == SIG_DFL));
}

BOOST_AUTO_TEST_SUITE_END()
