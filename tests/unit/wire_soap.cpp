// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "unit/wire_upnp_files.hpp"
#include "wire/igd_actions.hpp"
#include "wire/soap.hpp"
#include "wire/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::fault;
using pmp::test::address;
using pmp::test::error_of;
using pmp::test::text_at;
using pmp::test::upnp_cases;
using pmp::test::upnp_file;
using pmp::wire::bytes_of;

namespace http = pmp::wire::http;
namespace igd = pmp::wire::igd;
namespace json = boost::json;
namespace soap = pmp::wire::soap;
using std::chrono::seconds;

namespace {

igd::service const service{
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    {igd::service_kind::wan_ip_connection, 1},
    "urn:upnp-org:serviceId:WANIPConn1",
    "uuid:a3",
    {{address("192.168.1.1"), 5000}, "/ctl/ip"},
    {}};

igd::port_mapping const row{
    pmp::transport::tcp, 2222, {address("192.168.1.10"), 22}, "", "pmpd ssh", true, seconds(3600)};

soap::answer answer_in(std::string const& file) {
    auto const response = http::decode_response(bytes_of(upnp_file("replies/" + file)));
    BOOST_REQUIRE(response.has_value());
    auto const reply = soap::decode_reply(*response);
    BOOST_REQUIRE(reply.has_value());
    BOOST_REQUIRE(std::holds_alternative<soap::answer>(*reply));
    return std::get<soap::answer>(*reply);
}

void check(json::value const& expected) {
    auto const& keys = expected.as_object();
    auto const text = upnp_file("replies/" + text_at(expected, "file"));
    auto const response = http::decode_response(bytes_of(text));
    BOOST_REQUIRE(response.has_value());
    auto const reply = soap::decode_reply(*response);
    if (keys.contains("error")) {
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST(pmp::result_name(reply.error()) == text_at(expected, "error"));
    } else if (keys.contains("code")) {
        BOOST_REQUIRE((reply.has_value() && std::holds_alternative<soap::upnp_error>(*reply)));
        BOOST_TEST(std::get<soap::upnp_error>(*reply).code == expected.at("code").as_int64());
    } else {
        BOOST_REQUIRE((reply.has_value() && std::holds_alternative<soap::answer>(*reply)));
        auto const& answer = std::get<soap::answer>(*reply);
        auto const& arguments = expected.at("arguments").as_object();
        BOOST_TEST(answer.action == text_at(expected, "action"));
        BOOST_REQUIRE(answer.arguments.size() == arguments.size());
        for (auto const& [name, value] : answer.arguments) {
            BOOST_TEST(value == json::value_to<std::string>(arguments.at(name)));
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_soap)

BOOST_AUTO_TEST_CASE(writes_a_request_octet_for_octet) {
    BOOST_TEST(
        encode(encode(add_mapping(service, row), service.control)) ==
        "POST /ctl/ip HTTP/1.1\r\n"
        "Host: 192.168.1.1:5000\r\n"
        "Content-Type: text/xml; charset=\"utf-8\"\r\n"
        "SOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\"\r\n"
        "Content-Length: 591\r\n"
        "Connection: close\r\n"
        "\r\n"
        "<?xml version=\"1.0\"?>\r\n"
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
        " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>"
        "<u:AddPortMapping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">"
        "<NewRemoteHost></NewRemoteHost>"
        "<NewExternalPort>2222</NewExternalPort>"
        "<NewProtocol>TCP</NewProtocol>"
        "<NewInternalPort>22</NewInternalPort>"
        "<NewInternalClient>192.168.1.10</NewInternalClient>"
        "<NewEnabled>1</NewEnabled>"
        "<NewPortMappingDescription>pmpd ssh</NewPortMappingDescription>"
        "<NewLeaseDuration>3600</NewLeaseDuration>"
        "</u:AddPortMapping></s:Body></s:Envelope>\r\n"
    );
}

BOOST_AUTO_TEST_CASE(writes_the_arguments_of_each_action_in_order) {
    auto const names = [](soap::call const& c) {
        std::string out = c.action + ":";
        for (auto const& a : c.arguments) {
            out += ' ' + a.name + '=' + a.value;
        }
        return out;
    };

    BOOST_TEST(names(ask_status(service)) == "GetStatusInfo:");
    BOOST_TEST(names(ask_external_address(service)) == "GetExternalIPAddress:");
    BOOST_TEST(
        names(delete_mapping(service, pmp::transport::udp, 53)) ==
        "DeletePortMapping: NewRemoteHost= NewExternalPort=53 NewProtocol=UDP"
    );
    BOOST_TEST(
        names(ask_mapping(service, pmp::transport::tcp, 53)) ==
        "GetSpecificPortMappingEntry: NewRemoteHost= NewExternalPort=53 NewProtocol=TCP"
    );
    BOOST_TEST(
        names(ask_mapping_at(service, 7)) == "GetGenericPortMappingEntry: NewPortMappingIndex=7"
    );
    BOOST_TEST(
        names(add_pinhole(service, pmp::transport::udp, {address("2001:db8::10"), 53}, seconds(0))
        ) == "AddPinhole: RemoteHost= RemotePort=0 InternalClient=2001:db8::10 InternalPort=53 "
             "Protocol=17 LeaseTime=1"
    );
    BOOST_TEST(
        names(update_pinhole(service, 9, seconds(99999))) ==
        "UpdatePinhole: UniqueID=9 NewLeaseTime=86400"
    );
}

BOOST_AUTO_TEST_CASE(escapes_values) {
    soap::call const call{"urn:x:service:y:1", "Say", {{"What", "a<b>&\"'\x01"}}};

    auto const body = encode(call, service.control).body;

    BOOST_TEST(body.find("<What>a&lt;b&gt;&amp;&quot;&apos;</What>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_replies_in_every_shape) {
    for (auto const& expected : upnp_cases("replies.json")) {
        BOOST_TEST_CONTEXT(text_at(expected, "file") << ": " << text_at(expected, "why")) {
            check(expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(survives_every_truncation) {
    auto const whole = http::decode_response(bytes_of(upnp_file("replies/entry.http")));
    BOOST_REQUIRE(whole.has_value());
    auto const size = whole->body.size();
    for (std::size_t i = 0; i < size; ++i) {
        BOOST_TEST(soap::decode_reply({200, {}, whole->body.substr(0, i)}).has_error(), i);
    }
}

BOOST_AUTO_TEST_CASE(reads_an_entry) {
    auto const entry = igd::read_mapping(answer_in("entry.http"));

    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST((entry->internal == pmp::endpoint{address("192.168.1.10"), 22}));
    BOOST_TEST(entry->description == "pmpd & ssh");
    BOOST_TEST((entry->lease == seconds(3541)));
    BOOST_TEST(entry->enabled);
}

BOOST_AUTO_TEST_CASE(reads_external_addresses) {
    BOOST_TEST((igd::read_external_address(answer_in("plain.http")) == address("198.51.100.7")));
    BOOST_TEST((igd::read_external_address(answer_in("empty-value.http")) == pmp::ip_address()));
    BOOST_TEST(!igd::read_external_address({"", {{"NewExternalIPAddress", "unknown"}}}));
    BOOST_TEST(!igd::read_external_address({"", {{"NewExternalIPAddress", "2001:db8::7"}}}));
}

BOOST_AUTO_TEST_CASE(knows_who_is_connected) {
    BOOST_TEST(is_connected(igd::connection_status{"Connected", {}}));
    BOOST_TEST(is_connected(igd::connection_status{"up", {}}));
    BOOST_TEST(!is_connected(igd::connection_status{"PendingDisconnect", {}}));
    BOOST_TEST(!is_connected(igd::connection_status{}));
}

BOOST_AUTO_TEST_CASE(reads_an_entry_without_a_client) {
    for (auto const* client : {"", "nas", "0.0.0.0"}) {
        auto const entry =
            igd::read_mapping({"", {{"NewInternalClient", client}, {"NewInternalPort", "22"}}});
        BOOST_TEST_REQUIRE(entry.has_value(), client);
        BOOST_TEST(entry->internal.address.is_unspecified(), client);
        BOOST_TEST(entry->internal.port == 22U, client);
    }
}

BOOST_AUTO_TEST_CASE(reads_no_entry_without_a_port) {
    BOOST_TEST(!igd::read_mapping({"", {{"NewInternalClient", "10.0.0.1"}}}));
    BOOST_TEST(
        !igd::read_mapping({"", {{"NewInternalClient", "10.0.0.1"}, {"NewInternalPort", "0"}}})
    );
    BOOST_TEST(!igd::read_reserved_port({"", {{"NewReservedPort", "65536"}}}));
    BOOST_TEST(!igd::read_reserved_port({"", {}}));
}

BOOST_AUTO_TEST_CASE(makes_text_that_any_table_can_hold) {
    BOOST_TEST(igd::table_text("pmpd <a> & \"b\"\n") == "pmpd _a_ _ _b__");
    BOOST_TEST(igd::table_text(std::string(100, 'x')).size() == 60U);
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    auto const call = add_mapping(service, row);
    soap::answer const answer{"AddAnyPortMapping", {{"NewReservedPort", "2223"}}};
    soap::upnp_error const error{718, "ConflictInMappingEntry"};

    auto const asked = soap::decode_call(encode(call, service.control));
    auto const answered = soap::decode_reply(encode(answer, service.type_name));
    auto const refused = soap::decode_reply(encode(error));

    BOOST_TEST((asked.has_value() && *asked == call));
    BOOST_TEST((answered.has_value() && *answered == soap::reply(answer)));
    BOOST_TEST((refused.has_value() && *refused == soap::reply(error)));
}

BOOST_AUTO_TEST_CASE(takes_no_call_that_its_header_does_not_name) {
    auto request = encode(ask_status(service), service.control);
    request.fields.back().value = "\"urn:x#GetExternalIPAddress\"";

    BOOST_TEST(error_of(soap::decode_call(request)) == fault::bad_value);
    BOOST_TEST(error_of(soap::decode_call({"GET", "/", {}, ""})) == fault::bad_direction);
}

BOOST_AUTO_TEST_SUITE_END()
