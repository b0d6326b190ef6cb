// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "unit/wire_upnp_files.hpp"
#include "wire/igd_description.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using pmp::fault;
using pmp::test::error_of;
using pmp::test::text_at;
using pmp::test::upnp_cases;
using pmp::test::upnp_file;

namespace igd = pmp::wire::igd;
namespace json = boost::json;

namespace {

pmp::result<igd::description> decoded(std::string const& file, std::string const& location) {
    auto const url = pmp::wire::parse_http_url(location);
    BOOST_REQUIRE(url.has_value());
    return igd::decode_description(upnp_file("descriptions/" + file), *url);
}

std::vector<std::string> wan_of(igd::description const& d) {
    std::vector<std::string> out;
    for (auto const& s : d.services) {
        if (is_wan_connection(s)) {
            out.push_back(s.type_name + " " + to_string(s.control));
        }
    }
    return out;
}

std::vector<std::string> wan_of(json::value const& expected) {
    std::vector<std::string> out;
    for (auto const& s : expected.at("wan").as_array()) {
        out.push_back(text_at(s, "type") + " " + text_at(s, "control"));
    }
    return out;
}

void check(json::value const& expected) {
    auto const d = decoded(text_at(expected, "file"), text_at(expected, "location"));
    if (expected.as_object().contains("error")) {
        BOOST_REQUIRE(d.has_error());
        BOOST_TEST(pmp::result_name(d.error()) == text_at(expected, "error"));
        return;
    }
    BOOST_REQUIRE(d.has_value());
    BOOST_TEST(d->model == text_at(expected, "model"));
    BOOST_TEST(wan_of(*d) == wan_of(expected), boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_igd_description)

BOOST_AUTO_TEST_CASE(reads_descriptions_in_every_shape) {
    for (auto const& expected : upnp_cases("descriptions.json")) {
        BOOST_TEST_CONTEXT(text_at(expected, "file") << ": " << text_at(expected, "why")) {
            check(expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(reads_what_else_a_description_tells) {
    auto const d = decoded("version-2.xml", "http://192.168.1.1:5000/root.xml");

    BOOST_REQUIRE(d.has_value());
    BOOST_TEST(d->config_id.value() == 1337U);
    BOOST_TEST(d->udn == "uuid:a1");
    BOOST_REQUIRE(d->services.size() == 4U);
    auto const& wan = d->services[2];
    BOOST_TEST((wan.type == igd::service_type{igd::service_kind::wan_ip_connection, 2}));
    BOOST_TEST(wan.device == "uuid:a3");
    BOOST_TEST(wan.id == "urn:upnp-org:serviceId:WANIPConnection1");
    BOOST_TEST(to_string(wan.events.value()) == "http://192.168.1.1:5000/evt/ip");
    BOOST_TEST((d->services[3].type.kind == igd::service_kind::firewall_control));
}

BOOST_AUTO_TEST_CASE(survives_every_truncation) {
    auto const url = pmp::wire::parse_http_url("http://192.168.1.1:5000/root.xml");
    auto const whole = upnp_file("descriptions/dsl-both.xml");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto const d = igd::decode_description(whole.substr(0, size), *url);

        BOOST_TEST((d.has_error() || size > whole.size() - 2), size);
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_document_beyond_its_limits) {
    auto const url = pmp::wire::parse_http_url("http://192.168.1.1:5000/root.xml");
    std::string wide = "<root>";
    for (int i = 0; i < 20000; ++i) {
        wide += "<a/>";
    }

    BOOST_TEST(
        error_of(
            igd::decode_description(std::string(300000, ' ') + "x" + std::string(300000, 'x'), *url)
        ) == fault::bad_length
    );
    BOOST_TEST(error_of(igd::decode_description(wide + "</root>", *url)) == fault::bad_length);
    BOOST_TEST(error_of(igd::decode_description(" \r\n", *url)) == fault::truncated);
}

BOOST_AUTO_TEST_CASE(knows_the_types_of_services) {
    using igd::parse_service_type;
    using kind = igd::service_kind;

    BOOST_TEST(
        (parse_service_type("urn:schemas-upnp-org:service:WANPPPConnection:1") ==
         igd::service_type{kind::wan_ppp_connection, 1})
    );
    BOOST_TEST(!parse_service_type("urn:schemas-upnp-org:service:WANIPConnection"));
    BOOST_TEST(!parse_service_type("urn:schemas-upnp-org:service:WANIPConnection:0"));
    BOOST_TEST(!parse_service_type("urn:schemas-upnp-org:service:Dimming:1"));
    BOOST_TEST(!parse_service_type(":1"));
    BOOST_TEST(!parse_service_type(""));
}

BOOST_AUTO_TEST_SUITE_END()
