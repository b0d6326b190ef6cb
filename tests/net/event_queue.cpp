// SPDX-License-Identifier: MIT
#include "net/event_queue.hpp"

#include <boost/test/unit_test.hpp>

using pmp::event;
using pmp::event_kind;
using pmp::net::event_queue;

namespace {

event of_mapping(event_kind kind, std::string mapping) {
    event result;
    result.kind = kind;
    result.gateway = "default";
    result.mapping = std::move(mapping);
    return result;
}

event of_gateway(event_kind kind, std::string gateway) {
    event result;
    result.kind = kind;
    result.gateway = std::move(gateway);
    return result;
}

std::vector<std::string> drain(event_queue& queue) {
    std::vector<std::string> result;
    while (auto const next = queue.pop()) {
        auto const& subject = next->mapping.empty() ? next->gateway : next->mapping;
        result.push_back(std::string{to_string(next->kind)} + ' ' + subject);
    }
    return result;
}

using names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(pending_events)

BOOST_AUTO_TEST_CASE(are_read_in_the_order_in_which_they_happened) {
    event_queue queue;
    queue.push(of_gateway(event_kind::gateway_found, "default"));
    queue.push(of_mapping(event_kind::acquired, "ssh"));
    queue.push(of_mapping(event_kind::refused, "web"));

    BOOST_TEST(
        drain(queue) == (names{"gateway_found default", "acquired ssh", "refused web"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(are_the_latest_of_each_mapping) {
    event_queue queue;
    queue.push(of_mapping(event_kind::acquired, "ssh"));
    queue.push(of_mapping(event_kind::acquired, "web"));
    queue.push(of_mapping(event_kind::lost, "ssh"));

    BOOST_TEST(
        drain(queue) == (names{"acquired web", "lost ssh"}), boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(are_the_latest_of_each_kind_that_concerns_a_gateway) {
    event_queue queue;
    queue.push(of_gateway(event_kind::gateway_found, "default"));
    queue.push(of_gateway(event_kind::gateway_rebooted, "default"));
    queue.push(of_gateway(event_kind::gateway_rebooted, "vpn"));
    queue.push(of_gateway(event_kind::gateway_rebooted, "default"));

    BOOST_TEST(
        drain(queue) ==
            (names{"gateway_found default", "gateway_rebooted vpn", "gateway_rebooted default"}),
        boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(are_kept_for_the_next_time_that_they_happen) {
    event_queue queue;
    queue.push(of_mapping(event_kind::acquired, "ssh"));
    queue.pop();
    queue.push(of_mapping(event_kind::renewed, "ssh"));

    BOOST_TEST(drain(queue) == names{"renewed ssh"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
