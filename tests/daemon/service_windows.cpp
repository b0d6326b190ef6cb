// SPDX-License-Identifier: MIT
#include "windows-service/windows_host.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace pmpd::windows_service;

namespace {

using words = std::vector<std::string>;

/// What the service does, as the service control manager of a real Windows would ask for it.
struct service {
    service() {
        host.on_stop = [this] { done.emplace_back("stop"); };
        host.on_reload = [this] { done.emplace_back("reload"); };
        host.on_wake = [this] { done.emplace_back("wake"); };
    }

    DWORD take(DWORD code, DWORD event = 0) {
        auto const answer = status.take(code, event);
        context.poll();
        context.restart();
        return answer;
    }

    boost::asio::io_context context;
    service_status status;
    windows_host host{context.get_executor(), status};
    words done;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service, service)

BOOST_AUTO_TEST_CASE(looks_again_when_the_machine_wakes) {
    auto const answer = take(SERVICE_CONTROL_POWEREVENT, PBT_APMRESUMEAUTOMATIC);

    BOOST_TEST(answer == DWORD{NO_ERROR});
    BOOST_TEST(done == words{"wake"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hears_of_other_power_events_and_does_nothing) {
    for (DWORD const event :
         {PBT_APMSUSPEND, PBT_APMRESUMESUSPEND, PBT_APMPOWERSTATUSCHANGE, PBT_POWERSETTINGCHANGE}) {
        BOOST_TEST(take(SERVICE_CONTROL_POWEREVENT, event) == DWORD{NO_ERROR});
    }

    BOOST_TEST(done.empty());
}

BOOST_AUTO_TEST_CASE(stops_where_it_is_told_to_or_the_system_ends) {
    for (DWORD const code :
         {SERVICE_CONTROL_STOP, SERVICE_CONTROL_SHUTDOWN, SERVICE_CONTROL_PRESHUTDOWN}) {
        BOOST_TEST(take(code) == DWORD{NO_ERROR});
    }

    BOOST_TEST(done == (words{"stop", "stop", "stop"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reloads_where_its_parameters_change) {
    BOOST_TEST(take(SERVICE_CONTROL_PARAMCHANGE) == DWORD{NO_ERROR});

    BOOST_TEST(done == words{"reload"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(can_be_asked_how_it_fares) {
    BOOST_TEST(take(SERVICE_CONTROL_INTERROGATE) == DWORD{NO_ERROR});
    BOOST_TEST(done.empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_it_does_not_know) {
    for (DWORD const code : {SERVICE_CONTROL_PAUSE, SERVICE_CONTROL_CONTINUE, 128}) {
        BOOST_TEST(take(code) == DWORD{ERROR_CALL_NOT_IMPLEMENTED});
    }

    BOOST_TEST(done.empty());
}

BOOST_AUTO_TEST_CASE(is_told_of_all_that_it_answers) {
    BOOST_TEST((accepted_controls & SERVICE_ACCEPT_POWEREVENT) != 0U);
    BOOST_TEST((accepted_controls & SERVICE_ACCEPT_PRESHUTDOWN) != 0U);
    BOOST_TEST((accepted_controls & SERVICE_ACCEPT_PAUSE_CONTINUE) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_stop_of_a_service)

BOOST_AUTO_TEST_CASE(is_not_lost_where_nobody_listens_yet) {
    boost::asio::io_context context;
    service_status status;
    status.take(SERVICE_CONTROL_STOP, 0);
    windows_host host(context.get_executor(), status);
    int stops = 0;
    host.on_stop = [&stops] { ++stops; };

    context.poll();

    BOOST_TEST(stops == 1);
}

BOOST_AUTO_TEST_SUITE_END()
