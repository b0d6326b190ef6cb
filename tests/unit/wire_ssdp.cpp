// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "wire/ssdp.hpp"
#include "wire/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::fault;
using pmp::test::address;
using pmp::test::error_of;
using pmp::test::for_each_truncation;
using pmp::wire::bytes_of;
using pmp::wire::text_of;

namespace ssdp = pmp::wire::ssdp;
using std::chrono::seconds;
using kind = ssdp::advertisement_kind;

namespace {

std::string const usual = "HTTP/1.1 200 OK\r\n"
                          "CACHE-CONTROL: max-age=120\r\n"
                          "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                          "USN: uuid:a1::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                          "EXT:\r\n"
                          "SERVER: Brook/1.0 UPnP/1.1\r\n"
                          "LOCATION: http://192.168.1.1:5000/root.xml\r\n"
                          "BOOTID.UPNP.ORG: 17\r\n"
                          "CONFIGID.UPNP.ORG: 1337\r\n"
                          "\r\n";

ssdp::advertisement decoded(std::string const& text) {
    auto out = ssdp::decode_advertisement(bytes_of(text));
    BOOST_REQUIRE(out.has_value());
    return *out;
}

pmp::error_code failure(std::string const& text) {
    return error_of(ssdp::decode_advertisement(bytes_of(text)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_ssdp)

BOOST_AUTO_TEST_CASE(writes_a_multicast_search_octet_for_octet) {
    auto const search = encode(ssdp::search{
        ssdp::group_v4(), "urn:schemas-upnp-org:device:InternetGatewayDevice:2", 2});

    BOOST_TEST(
        text_of(search) == "M-SEARCH * HTTP/1.1\r\n"
                           "HOST: 239.255.255.250:1900\r\n"
                           "MAN: \"ssdp:discover\"\r\n"
                           "MX: 2\r\n"
                           "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:2\r\n"
                           "\r\n"
    );
}

BOOST_AUTO_TEST_CASE(writes_a_unicast_search_without_mx) {
    auto const search = encode(ssdp::search{{address("192.168.1.1"), 1900}, "upnp:rootdevice", {}});

    BOOST_TEST(
        text_of(search) == "M-SEARCH * HTTP/1.1\r\n"
                           "HOST: 192.168.1.1:1900\r\n"
                           "MAN: \"ssdp:discover\"\r\n"
                           "ST: upnp:rootdevice\r\n"
                           "\r\n"
    );
}

BOOST_AUTO_TEST_CASE(writes_the_ipv6_group_in_brackets) {
    auto const search = encode(ssdp::search{ssdp::group_v6(), "upnp:rootdevice", 2});

    BOOST_TEST(text_of(search).find("\r\nHOST: [ff02::c]:1900\r\n") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(reads_a_reply) {
    auto const reply = decoded(usual);

    BOOST_TEST((reply.kind == kind::reply));
    BOOST_TEST(reply.target == "urn:schemas-upnp-org:device:InternetGatewayDevice:1");
    BOOST_TEST(reply.location == "http://192.168.1.1:5000/root.xml");
    BOOST_TEST((reply.max_age == seconds(120)));
    BOOST_TEST(reply.boot_id.value() == 17U);
    BOOST_TEST(reply.config_id.value() == 1337U);
    BOOST_TEST(device_of(reply) == "uuid:a1");
}

BOOST_AUTO_TEST_CASE(takes_fields_in_any_case_order_and_spacing) {
    auto const reply = decoded("HTTP/1.0 200\n"
                               "usn :uuid:b2\n"
                               "01-NLS:abc\n"
                               "  location:http://192.168.1.1/d  \n"
                               "no field at all\n"
                               "cache-control:no-cache, MAX-AGE = 60, x\n"
                               "st:upnp:rootdevice");

    BOOST_TEST(reply.location == "http://192.168.1.1/d");
    BOOST_TEST((reply.max_age == seconds(60)));
    BOOST_TEST(reply.nls == "abc");
    BOOST_TEST(device_of(reply) == "uuid:b2");
}

BOOST_AUTO_TEST_CASE(reads_a_goodbye_without_a_location) {
    auto const bye = decoded("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
                             "NT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\n"
                             "USN: uuid:a1::upnp:rootdevice\r\n\r\n");

    BOOST_TEST((bye.kind == kind::byebye));
}

BOOST_AUTO_TEST_CASE(refuses_what_lacks_something_needed) {
    for (auto const* name : {"LOCATION", "ST", "USN"}) {
        auto text = usual;
        text.replace(text.find(std::string("\n") + name) + 1, 1, "X");

        BOOST_TEST(failure(text) == fault::bad_value, name);
    }
}

BOOST_AUTO_TEST_CASE(refuses_other_messages) {
    BOOST_TEST(failure("HTTP/1.1 404 Not Found\r\n\r\n") == fault::bad_direction);
    BOOST_TEST(failure("M-SEARCH * HTTP/1.1\r\n\r\n") == fault::bad_direction);
    BOOST_TEST(failure("NOTIFY * HTTP/1.1\r\nNTS: other\r\n\r\n") == fault::bad_direction);
    BOOST_TEST(failure("") == fault::bad_direction);
    BOOST_TEST(failure(usual + std::string(5000, 'x')) == fault::bad_length);
}

BOOST_AUTO_TEST_CASE(survives_every_truncation) {
    for_each_truncation(bytes_of(usual), [](pmp::wire::bytes const& cut) {
        auto const reply = ssdp::decode_advertisement(cut);
        BOOST_TEST((reply.has_error() || usual.find(reply->location) != std::string::npos));
    });
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    ssdp::search const search{{address("192.168.1.1"), 1900}, "ssdp:all", 3};
    auto reply = decoded(usual);
    auto alive = reply;
    alive.kind = kind::alive;

    auto const asked = ssdp::decode_search(encode(search));
    auto const answered = ssdp::decode_advertisement(encode(reply));
    auto const notified = ssdp::decode_advertisement(encode(alive));

    BOOST_TEST((asked.has_value() && *asked == search));
    BOOST_TEST((answered.has_value() && *answered == reply));
    BOOST_TEST((notified.has_value() && *notified == alive));
}

BOOST_AUTO_TEST_CASE(takes_a_search_only_as_the_standard_has_it) {
    auto const no_quotes = bytes_of("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
                                    "MAN: ssdp:discover\r\nMX: 2\r\nST: ssdp:all\r\n\r\n");

    BOOST_TEST(error_of(ssdp::decode_search(no_quotes)) == fault::bad_value);
    BOOST_TEST(error_of(ssdp::decode_search(bytes_of(usual))) == fault::bad_direction);
}

BOOST_AUTO_TEST_SUITE_END()
