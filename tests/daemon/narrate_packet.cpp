// SPDX-License-Identifier: MIT
#include "daemon/narrate_packet.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

namespace {

pmp::packet map_request() {
    pmp::packet p;
    p.gateway = "default";
    p.source = {boost::asio::ip::make_address("192.168.1.5"), 50000};
    p.destination = {boost::asio::ip::make_address("192.168.1.1"), 5351};
    p.size = 60;
    p.protocol = "pcp";
    p.opcode = "MAP";
    p.subject = "tcp 22, external 0.0.0.0:2222";
    p.lifetime = std::chrono::seconds(7200);
    return p;
}

pmp::packet map_response() {
    auto p = map_request();
    p.direction = pmp::packet_direction::received;
    std::swap(p.source, p.destination);
    p.result = pmp::error_code();
    return p;
}

std::string told(pmp::packet const& p) {
    auto const line = pmpd::narrate(p);
    return std::string(pmpd::to_string(line.level)) + " " + to_text(line);
}

} // namespace

BOOST_AUTO_TEST_SUITE(narrate_packet)

BOOST_AUTO_TEST_CASE(a_request_is_told_with_where_it_goes) {
    BOOST_TEST(
        told(map_request()) == "trace sent MAP to 192.168.1.1:5351: tcp 22, external 0.0.0.0:2222 "
                               "via=pcp gateway=default lifetime=7200 octets=60 "
                               "source=192.168.1.5:50000"
    );
}

BOOST_AUTO_TEST_CASE(an_answer_is_told_with_its_result) {
    BOOST_TEST(
        told(map_response()) ==
        "trace received MAP from 192.168.1.1:5351: tcp 22, external 0.0.0.0:2222 via=pcp "
        "gateway=default result=success lifetime=7200 octets=60 destination=192.168.1.5:50000"
    );
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_by_its_name) {
    auto refused = map_response();
    refused.result = pmp::pcp_result::not_authorized;
    auto broken = map_response();
    broken.result = boost::asio::error::connection_refused;

    BOOST_TEST(told(refused).find(" result=NOT_AUTHORIZED ") != std::string::npos);
    BOOST_TEST(told(broken).find(" result=\"Connection refused\" ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_told_all_the_same) {
    pmp::packet p;
    p.direction = pmp::packet_direction::received;
    p.source = {boost::asio::ip::make_address("192.168.1.1"), 5351};
    p.size = 3;

    BOOST_TEST(told(p) == "trace received something unreadable from 192.168.1.1:5351 octets=3");
}

BOOST_AUTO_TEST_CASE(what_a_gateway_writes_cannot_end_a_line) {
    auto p = map_response();
    p.subject = "a\nb";

    BOOST_TEST(told(p).find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
