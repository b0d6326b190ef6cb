// SPDX-License-Identifier: MIT
#include "net/packet_view.hpp"

#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"
#include "wire/soap.hpp"
#include "wire/ssdp.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace pmp;
namespace pcp = wire::pcp;
namespace natpmp = wire::natpmp;
namespace soap = wire::soap;
namespace ssdp = wire::ssdp;

namespace {

endpoint const here{boost::asio::ip::make_address("192.168.1.5"), 50000};
endpoint const gateway{boost::asio::ip::make_address("192.168.1.1"), 5351};

packet sent(wire::bytes const& bytes) {
    return net::sent_packet("default", here, gateway, bytes);
}

packet received(wire::bytes const& bytes) {
    return net::received_packet({"default", gateway, here, 1, bytes});
}

pcp::map_body map_of(std::uint16_t external) {
    pcp::map_body map;
    map.nonce.fill(std::byte{7});
    map.protocol = 17;
    map.internal_port = 51820;
    map.external = {boost::asio::ip::address_v4(), external};
    return map;
}

fetch asked(std::string request) {
    fetch out;
    out.gateway = "default";
    out.source = here.address;
    out.server = {gateway.address, 5000};
    out.request = std::move(request);
    return out;
}

fetch_result answered(wire::http::response const& response) {
    fetch_result out;
    out.status = response.status;
    out.body = response.body;
    return out;
}

soap::call const add{
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "AddPortMapping",
    {{"NewExternalPort", "2222"}, {"NewLeaseDuration", "3600"}}};

std::string posted() {
    return encode(soap::encode(add, wire::http_url{{gateway.address, 5000}, "/ctl"}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(packet_view)

BOOST_AUTO_TEST_CASE(tells_what_a_request_of_pcp_asks_for) {
    auto const p = sent(pcp::encode(pcp::request{7200, here.address, map_of(51820), {}}).value());

    BOOST_CHECK(p.direction == packet_direction::sent);
    BOOST_TEST(p.gateway == "default");
    BOOST_CHECK(p.source == here);
    BOOST_CHECK(p.destination == gateway);
    BOOST_TEST(p.size == 60U);
    BOOST_TEST(p.protocol == "pcp");
    BOOST_TEST(p.opcode == "MAP");
    BOOST_TEST(p.subject == "udp 51820, external 0.0.0.0:51820");
    BOOST_CHECK(p.lifetime == 7200s);
    BOOST_CHECK(!p.result);
}

BOOST_AUTO_TEST_CASE(tells_how_pcp_answers) {
    pcp::response answer;
    answer.result = 8;
    answer.lifetime = 30;
    answer.body = map_of(0);

    auto const p = received(pcp::encode(answer));

    BOOST_CHECK(p.direction == packet_direction::received);
    BOOST_CHECK(p.source == gateway);
    BOOST_TEST(p.opcode == "MAP");
    BOOST_CHECK(p.result == pcp_result::no_resources);
    BOOST_CHECK(p.lifetime == 30s);
}

BOOST_AUTO_TEST_CASE(tells_nat_pmp_by_its_operations) {
    auto const address = sent(natpmp::encode(natpmp::request{natpmp::address_request{}}));
    auto const map =
        sent(natpmp::encode(natpmp::request{natpmp::map_request{transport::tcp, 22, 2222, 60}}));
    natpmp::map_response granted;
    granted.protocol = transport::tcp;
    granted.internal_port = 22;
    granted.assigned_port = 2223;
    granted.lifetime = 60;
    auto const answer = received(natpmp::encode(natpmp::response{granted}));

    BOOST_TEST(address.opcode == "external address");
    BOOST_TEST(map.protocol == "nat-pmp");
    BOOST_TEST(map.subject == "tcp 22, external 2222");
    BOOST_CHECK(map.lifetime == 60s);
    BOOST_TEST(answer.subject == "tcp 22, external 2223");
    BOOST_CHECK(answer.result && !answer.result->failed());
}

BOOST_AUTO_TEST_CASE(tells_searches_and_their_replies) {
    auto const search = sent(encode(ssdp::search{}));
    ssdp::advertisement reply;
    reply.target = "upnp:rootdevice";
    reply.usn = "uuid:1::upnp:rootdevice";
    reply.location = "http://192.168.1.1:5000/root.xml";
    auto const found = received(encode(reply));

    BOOST_TEST(search.protocol == "ssdp");
    BOOST_TEST(search.opcode == "M-SEARCH");
    BOOST_TEST(search.subject == "upnp:rootdevice");
    BOOST_TEST(found.opcode == "reply");
    BOOST_TEST(found.subject == "upnp:rootdevice at http://192.168.1.1:5000/root.xml");
}

BOOST_AUTO_TEST_CASE(tells_a_search_that_comes_back_from_its_group) {
    auto const heard = received(encode(ssdp::search{}));

    BOOST_TEST(heard.opcode == "M-SEARCH");
    BOOST_TEST(heard.subject == "upnp:rootdevice");
}

BOOST_AUTO_TEST_CASE(tells_http_by_its_actions) {
    auto const request = net::request_packet(asked(posted()));
    auto const page = net::request_packet(asked("GET /root.xml HTTP/1.1\r\nHost: x\r\n\r\n"));

    BOOST_TEST(request.protocol == "upnp");
    BOOST_TEST(request.opcode == "AddPortMapping");
    BOOST_TEST(request.subject == "NewExternalPort=2222 NewLeaseDuration=3600");
    BOOST_CHECK(request.lifetime == 3600s);
    BOOST_TEST(request.destination.port == 5000);
    BOOST_TEST(page.opcode == "GET");
    BOOST_TEST(page.subject == "/root.xml");
}

BOOST_AUTO_TEST_CASE(tells_how_an_action_ended) {
    auto const request = net::request_packet(asked(posted()));

    auto const done = net::response_packet(
        request, answered(soap::encode(soap::answer{"AddPortMapping", {}}, add.service_type))
    );
    auto const taken = net::response_packet(
        request, answered(soap::encode(soap::upnp_error{718, "ConflictInMappingEntry"}))
    );
    fetch_result broken;
    broken.error = boost::asio::error::connection_refused;
    auto const lost = net::response_packet(request, broken);

    BOOST_TEST(done.opcode == "AddPortMapping");
    BOOST_CHECK(done.source == request.destination);
    BOOST_CHECK(done.result && !done.result->failed());
    BOOST_TEST(taken.result->value() == 718);
    BOOST_CHECK(taken.result->category() == upnp_category());
    BOOST_CHECK(lost.result == boost::asio::error::connection_refused);
}

BOOST_AUTO_TEST_CASE(shows_what_nobody_can_read) {
    auto const p = received({std::byte{0xff}, std::byte{1}, std::byte{2}});

    BOOST_TEST(p.protocol == "");
    BOOST_TEST(p.opcode == "");
    BOOST_TEST(p.size == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
