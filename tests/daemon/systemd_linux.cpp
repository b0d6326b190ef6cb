// SPDX-License-Identifier: MIT
#include "scratch.hpp"
#include "systemd/journal.hpp"
#include "systemd/systemd_host.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>

BOOST_AUTO_TEST_SUITE(systemd)

using namespace pmpd::systemd;
using namespace std::chrono_literals;
using pmpd::log_level;

namespace {

/// What systemd listens on.
class listener {
public:
    explicit listener(std::string const& address) : socket_(context_, {address}) {
        socket_.non_blocking(true);
    }

    /// The next datagram; empty: there is none.
    std::string next() {
        std::array<char, 1024> bytes{};
        boost::system::error_code error;
        auto const size = socket_.receive(boost::asio::buffer(bytes), 0, error);
        return error.failed() ? std::string() : std::string(bytes.data(), size);
    }

private:
    boost::asio::io_context context_;
    boost::asio::local::datagram_protocol::socket socket_;
};

struct service {
    daemon_test::scratch dir;
    std::string path = (dir / "notify").string();
    listener init{path};
    boost::asio::io_context context;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(tells_each_step_of_its_life, service) {
    systemd_host host(context.get_executor(), path, {});

    host.ready();
    host.reloading();
    host.stopping();

    BOOST_TEST(init.next() == "READY=1");
    BOOST_TEST(init.next().rfind("RELOADING=1\nMONOTONIC_USEC=", 0) == 0U);
    BOOST_TEST(init.next() == "STOPPING=1");
    BOOST_TEST(init.next().empty());
}

BOOST_FIXTURE_TEST_CASE(tells_a_status_once_and_on_one_line, service) {
    systemd_host host(context.get_executor(), path, {});

    host.status("1 of 1\nheld");
    host.status("1 of 1\nheld");

    BOOST_TEST(init.next() == "STATUS=1 of 1 held");
    BOOST_TEST(init.next().empty());
}

BOOST_FIXTURE_TEST_CASE(feeds_the_watchdog_only_while_the_loop_turns, service) {
    systemd_host host(context.get_executor(), path, 1ms);
    BOOST_TEST(init.next() == "WATCHDOG=1");
    BOOST_TEST(init.next().empty());

    context.run_one();

    BOOST_TEST(init.next() == "WATCHDOG=1");
}

BOOST_FIXTURE_TEST_CASE(no_longer_feeds_the_watchdog_of_a_service_that_stops, service) {
    systemd_host host(context.get_executor(), path, 1ms);
    init.next();

    host.stopping();
    context.run_for(20ms);

    BOOST_TEST(init.next() == "STOPPING=1");
    BOOST_TEST(init.next().empty());
}

BOOST_AUTO_TEST_CASE(speaks_to_an_abstract_socket) {
    std::string name = "@pmpd-test-" + std::to_string(::getpid());
    std::string abstract = name;
    abstract[0] = '\0';
    listener init(abstract);

    notifier(name).tell("READY=1");

    BOOST_TEST(init.next() == "READY=1");
}

BOOST_AUTO_TEST_CASE(outlives_a_socket_that_is_not_there) {
    notifier const nobody("/nonexistent/notify");
    notifier const too_long("/" + std::string(200, 'x'));
    notifier const none("");

    BOOST_CHECK_NO_THROW((nobody.tell("READY=1"), too_long.tell("READY=1"), none.tell("READY=1")));
}

BOOST_AUTO_TEST_CASE(feeds_at_half_of_the_watchdogs_limit) {
    BOOST_TEST((watchdog_pace("30000000", "42", 42) == 15s));
    BOOST_TEST((watchdog_pace("30000000", "", 42) == 15s));
}

BOOST_AUTO_TEST_CASE(feeds_no_watchdog_that_is_not_its_own_or_makes_no_sense) {
    BOOST_TEST(!watchdog_pace("30000000", "41", 42));
    BOOST_TEST(!watchdog_pace("", "", 42));
    BOOST_TEST(!watchdog_pace("0", "", 42));
    BOOST_TEST(!watchdog_pace("-5", "", 42));
    BOOST_TEST(!watchdog_pace("30s", "", 42));
}

BOOST_AUTO_TEST_CASE(gives_the_journal_level_and_fields_apart_from_the_message) {
    auto const text =
        journal_entry({log_level::warn, "careful", {{"mapping", "ssh"}, {"external_port", 2222}}});

    BOOST_TEST(
        text == "MESSAGE=careful mapping=ssh external_port=2222\nPRIORITY=4\n"
                "SYSLOG_IDENTIFIER=pmpd\nPMP_MAPPING=ssh\nPMP_EXTERNAL_PORT=2222\n"
    );
}

BOOST_AUTO_TEST_CASE(lets_no_value_forge_a_field_of_the_journal) {
    auto const text = journal_entry({log_level::info, "m", {{"mapping", "a\nPRIORITY=0"}}});

    std::string const length("\x0c\0\0\0\0\0\0\0", 8);
    BOOST_TEST(text.find("PMP_MAPPING\n" + length + "a\nPRIORITY=0\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_to_the_journals_socket) {
    daemon_test::scratch const dir;
    listener journald((dir / "socket").string());

    auto const journal = open_journal(dir / "socket");
    BOOST_REQUIRE(journal);

    BOOST_TEST(journal->write({log_level::info, "hello", {}}));
    BOOST_TEST(journald.next() == "MESSAGE=hello\nPRIORITY=6\nSYSLOG_IDENTIFIER=pmpd\n");
}

BOOST_AUTO_TEST_CASE(finds_no_journal_where_nobody_listens) {
    daemon_test::scratch const dir;

    BOOST_TEST(!open_journal(dir / "socket"));
}

BOOST_AUTO_TEST_SUITE_END()
