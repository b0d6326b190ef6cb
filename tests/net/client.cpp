// SPDX-License-Identifier: MIT
#include "net/client_beside_gateway.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::test::address_of_this_process;
using pmp::test::client_beside_gateway;
using pmp::test::run_until;
using pmp::test::tcp_of;
using pmp::test::vice;

namespace {

/// While one of these lives, this process can open nothing.
class no_more_descriptors {
public:
    no_more_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto now = before_;
        now.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    no_more_descriptors(no_more_descriptors const&) = delete;
    no_more_descriptors& operator=(no_more_descriptors const&) = delete;

private:
    rlimit before_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_client, client_beside_gateway)

BOOST_AUTO_TEST_CASE(acquires_leases_of_its_mappings) {
    client->set_mappings({tcp_of(80), tcp_of(443)});
    start();

    BOOST_TEST(holds(2));

    auto const leases = client->leases();
    BOOST_TEST(leases[0].mapping == "tcp-80");
    BOOST_TEST(leases[0].gateway.address == address_of_this_process());
    BOOST_TEST(leases[0].internal.address == asio::ip::make_address("127.0.0.1"));
    BOOST_TEST(leases[0].assigned.port == 80);
    BOOST_TEST(gateway.simulator().mappings() == 2U);
}

BOOST_AUTO_TEST_CASE(tells_its_events_in_their_order) {
    client->set_mappings({tcp_of(80)});
    read_events();
    start();

    BOOST_TEST(happens(event_kind::acquired));

    BOOST_REQUIRE_EQUAL(events.size(), 2U);
    BOOST_CHECK(events[0].kind == event_kind::gateway_found);
    BOOST_CHECK(events[1].kind == event_kind::acquired);
    BOOST_TEST(events[1].mapping == "tcp-80");
}

BOOST_AUTO_TEST_CASE(takes_mappings_and_gateways_while_it_runs) {
    client->set_gateways({});
    start();
    pmp::test::run_ready(io);
    pmp::gateway_settings settings;
    settings.address = address_of_this_process();

    client->set_mappings({tcp_of(80)});
    client->set_gateways({settings});

    BOOST_TEST(holds(1));
}

BOOST_AUTO_TEST_CASE(runs_once_at_a_time) {
    start();
    std::optional<pmp::error_code> second;

    client->async_run([&](pmp::error_code error) { second = error; });
    pmp::test::run_ready(io);

    BOOST_REQUIRE(second.has_value());
    BOOST_TEST((*second == asio::error::already_started));
    BOOST_TEST(!outcome.has_value());
}

BOOST_AUTO_TEST_CASE(does_nothing_while_nothing_happens) {
    client->set_mappings({tcp_of(80)});
    read_events();
    start();
    holds(1);

    // On a busy machine answers to the last requests come in the first of these seconds, and the
    // announcements of other programs' gateways in any of them.
    std::size_t handlers = 1;
    for (int i = 0; i < 20 && handlers != 0; ++i) {
        io.restart();
        handlers = io.run_for(1s);
    }

    BOOST_TEST(handlers == 0U);
}

BOOST_AUTO_TEST_CASE(tries_again_where_the_system_had_no_socket_left) {
    client->set_mappings({tcp_of(80)});
    std::vector<pmp::notice> notices;
    client->set_notice_handler([&](pmp::notice const& notice) { notices.push_back(notice); });
    start();
    {
        no_more_descriptors const for_now;
        pmp::test::run_ready(io);
    }

    BOOST_TEST(holds(1));

    auto const missing = std::find_if(notices.begin(), notices.end(), [](auto const& notice) {
        return notice.kind == pmp::notice_kind::no_gateway;
    });
    BOOST_REQUIRE(missing != notices.end());
    BOOST_TEST((missing->error == boost::system::errc::too_many_files_open));
    BOOST_TEST(!notices.back().error);
}

BOOST_AUTO_TEST_CASE(looks_again_at_once_when_it_is_told_to) {
    start();
    {
        no_more_descriptors const for_now;
        pmp::test::run_ready(io);
    }
    BOOST_REQUIRE(client->gateways().empty());

    client->look_again();

    BOOST_TEST(client->gateways().size() == 1U);
}

BOOST_AUTO_TEST_CASE(looks_at_nothing_while_it_does_not_run) {
    client->set_mappings({tcp_of(80)});

    client->look_again();

    BOOST_TEST(client->gateways().empty());
}

BOOST_AUTO_TEST_CASE(hears_a_mapping_update_at_the_port_that_asked) {
    client->set_mappings({tcp_of(80)});
    read_events();
    start();
    happens(event_kind::acquired);

    gateway.simulator().set_external_address(
        asio::ip::make_address("198.51.100.9"), pmp::boot_clock::now()
    );
    gateway.flush();

    BOOST_TEST(happens(event_kind::changed));
    BOOST_TEST(client->leases().front().assigned.address == asio::ip::make_address("198.51.100.9"));
}

BOOST_AUTO_TEST_CASE(notices_at_once_that_the_port_of_the_gateway_is_closed) {
    gateway.close();
    client->set_mappings({tcp_of(80)});
    read_events();
    start();

    BOOST_TEST(happens(event_kind::refused));

    BOOST_TEST((events.front().error == pmp::fault::gateway_unreachable));
}

BOOST_AUTO_TEST_CASE(believes_no_answer_from_another_address) {
    gateway.simulator().set({vice::answers_from_other_address, {}}, pmp::boot_clock::now());
    client->set_mappings({tcp_of(80)});
    read_events();
    start();

    run_until(io, [&] { return gateway.simulator().statistics().answers >= 2; });
    pmp::test::run_ready(io);

    BOOST_TEST(client->leases().empty());
    BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_SUITE_END()
