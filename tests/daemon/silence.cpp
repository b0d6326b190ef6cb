// SPDX-License-Identifier: MIT
#include "daemon/silence.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::lease_state;

namespace {

constexpr pmp::time_point start{1h};

pmp::gateway_settings gateway(char const* address) {
    pmp::gateway_settings out;
    out.address = boost::asio::ip::make_address(address);
    return out;
}

pmp::event event(event_kind kind, pmp::time_point at) {
    pmp::event out;
    out.kind = kind;
    out.at = at;
    out.gateway = "default";
    out.gateway_address = boost::asio::ip::make_address("192.168.1.1");
    return out;
}

struct a_gateway {
    a_gateway() {
        silence.use({gateway("192.168.1.1")}, start);
        row.state = lease_state::requesting;
    }

    std::string reason(std::chrono::seconds later) const {
        return silence.reason(row, start + later).value_or("");
    }

    pmpd::silence silence;
    pmp::standing row;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(silence_of, a_gateway)

BOOST_AUTO_TEST_CASE(a_gateway_from_the_start_is_told_after_a_while) {
    BOOST_TEST(reason(2s) == "");
    BOOST_TEST(reason(20s) == "nothing has answered for 20 s: asked by pcp, nat-pmp and upnp");
}

BOOST_AUTO_TEST_CASE(a_gateway_that_has_answered_is_not) {
    silence.hear(event(event_kind::gateway_found, start + 1s));

    BOOST_TEST(reason(1h) == "");
}

BOOST_AUTO_TEST_CASE(a_gateway_that_answered_once_is_told_from_then_on) {
    silence.hear(event(event_kind::gateway_found, start + 1s));
    silence.hear(event(event_kind::gateway_silent, start + 1h));

    BOOST_TEST(reason(1h + 15s).starts_with("nothing has answered for 60 s"));
}

BOOST_AUTO_TEST_CASE(another_gateway_begins_when_it_takes_the_place) {
    silence.hear(event(event_kind::gateway_found, start + 1s));

    silence.use({gateway("192.168.1.2")}, start + 1h);

    BOOST_TEST(reason(1h + 10s).starts_with("nothing has answered for 10 s"));
}

BOOST_AUTO_TEST_CASE(a_gateway_that_is_asked_in_other_words_goes_on) {
    silence.hear(event(event_kind::gateway_found, start + 1s));
    auto same = gateway("192.168.1.1");
    same.protocols = {pmp::dialect_id::pcp};

    silence.use({same}, start + 1h);

    BOOST_TEST(reason(2h) == "");
}

BOOST_AUTO_TEST_CASE(a_gateway_is_no_reason_where_there_is_another) {
    row.error = pmp::pcp_result::no_resources;
    BOOST_TEST(reason(1h) == "");

    row.error = {};
    row.state = lease_state::held;
    BOOST_TEST(reason(1h) == "");
}

BOOST_AUTO_TEST_SUITE_END()
