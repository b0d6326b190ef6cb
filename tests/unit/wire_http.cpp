// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "wire/http_message.hpp"
#include "wire/http_url.hpp"
#include "wire/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::fault;
using pmp::test::address;
using pmp::test::error_of;
using pmp::test::for_each_truncation;
using pmp::wire::bytes_of;

namespace http = pmp::wire::http;

namespace {

std::string const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n";
std::string const of_known_length =
    "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\nX: y\r\n\r\nabc";

http::response decoded(std::string const& text) {
    auto out = http::decode_response(bytes_of(text));
    BOOST_REQUIRE(out.has_value());
    return *out;
}

pmp::error_code failure(std::string const& text, http::limits most = {}) {
    return error_of(http::decode_response(bytes_of(text), most));
}

pmp::wire::http_url url(char const* text) {
    auto const out = pmp::wire::parse_http_url(text);
    BOOST_REQUIRE(out.has_value());
    return *out;
}

std::string resolved(char const* base, char const* reference) {
    auto const out = resolve(url(base), reference);
    return out ? to_string(*out) : "nothing";
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_http)

BOOST_AUTO_TEST_CASE(writes_a_request_octet_for_octet) {
    http::request const get{"GET", "/root.xml", {{"Host", "192.168.1.1:5000"}}, {}};
    http::request const post{"POST", "/c", {{"Host", "192.168.1.1"}}, "abc"};

    BOOST_TEST(
        encode(get) ==
        "GET /root.xml HTTP/1.1\r\nHost: 192.168.1.1:5000\r\nConnection: close\r\n\r\n"
    );
    BOOST_TEST(
        encode(post) == "POST /c HTTP/1.1\r\nHost: 192.168.1.1\r\nContent-Length: 3\r\n"
                        "Connection: close\r\n\r\nabc"
    );
}

BOOST_AUTO_TEST_CASE(reads_a_body_of_known_length) {
    auto const message = decoded(of_known_length);

    BOOST_TEST(message.status == 500U);
    BOOST_TEST(message.body == "abc");
    BOOST_TEST(value_of(message.fields, "x") == "y");
}

BOOST_AUTO_TEST_CASE(reads_chunks) {
    BOOST_TEST(decoded(chunked).body == "abcdefg");
}

BOOST_AUTO_TEST_CASE(reads_a_body_that_the_end_of_the_connection_ends) {
    BOOST_TEST(decoded("HTTP/1.0 200 OK\r\n\r\nabc").body == "abc");
}

BOOST_AUTO_TEST_CASE(reads_octet_by_octet) {
    http::response_reader reader;
    for (auto const octet : bytes_of(chunked)) {
        BOOST_REQUIRE(!reader.done());
        BOOST_REQUIRE(!reader.put({&octet, 1}));
    }

    BOOST_REQUIRE(reader.done());
    BOOST_TEST(reader.take().body == "abcdefg");
}

BOOST_AUTO_TEST_CASE(refuses_every_truncation) {
    for (auto const& text : {chunked, of_known_length}) {
        for_each_truncation(bytes_of(text), [](pmp::wire::bytes const& cut) {
            BOOST_TEST(error_of(http::decode_response(cut)).failed());
        });
    }
}

BOOST_AUTO_TEST_CASE(refuses_more_than_its_limits) {
    std::string const endless = "HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x');
    std::string const header = "HTTP/1.1 200 OK\r\nA: " + std::string(2000, 'x') + "\r\n\r\n";

    BOOST_TEST(failure(of_known_length, {1000, 2}) == fault::bad_length);
    BOOST_TEST(failure(chunked, {1000, 5}) == fault::bad_length);
    BOOST_TEST(failure(endless, {1000, 1000}) == fault::bad_length);
    BOOST_TEST(failure(header, {1000, 1000}) == fault::bad_length);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_http) {
    BOOST_TEST(failure("SSH-2.0-dropbear\r\n\r\n") == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    http::request const asked{"POST", "/c?x=1", {{"Host", "192.168.1.1"}}, "abc"};
    http::response const answered{404, {{"X", "y"}}, "gone"};

    auto const request = http::decode_request(bytes_of(encode(asked)));
    auto const response = http::decode_response(bytes_of(encode(answered)));

    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(request->method == "POST");
    BOOST_TEST(request->target == "/c?x=1");
    BOOST_TEST(request->body == "abc");
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(response->status == 404U);
    BOOST_TEST(response->body == "gone");
}

BOOST_AUTO_TEST_CASE(takes_urls_with_a_literal_address) {
    BOOST_TEST((url("http://192.168.1.1").server == pmp::endpoint{address("192.168.1.1"), 80}));
    BOOST_TEST((url(" HTTP://192.168.1.1:5000/a?b \r\n").target == "/a?b"));
    BOOST_TEST(
        (url("http://[2001:db8::1]:5000/").server == pmp::endpoint{address("2001:db8::1"), 5000})
    );
}

BOOST_AUTO_TEST_CASE(refuses_other_urls) {
    for (auto const* text :
         {"",
          "/a",
          "https://192.168.1.1/",
          "http://router/",
          "http://192.168.1.1:0/",
          "http://192.168.1.1:99999/",
          "http://192.168.1.1 /",
          "file:///etc/passwd"}) {
        BOOST_TEST(error_of(pmp::wire::parse_http_url(text)) == fault::bad_value, text);
    }
}

BOOST_AUTO_TEST_CASE(resolves_relative_urls) {
    auto const* const base = "http://192.168.1.1:5000/gw/root.xml?v=1";

    BOOST_TEST(resolved(base, "/c") == "http://192.168.1.1:5000/c");
    BOOST_TEST(resolved(base, "c") == "http://192.168.1.1:5000/gw/c");
    BOOST_TEST(resolved(base, "./c") == "http://192.168.1.1:5000/gw/c");
    BOOST_TEST(resolved(base, "../c") == "http://192.168.1.1:5000/c");
    BOOST_TEST(resolved(base, "../../../c") == "http://192.168.1.1:5000/c");
    BOOST_TEST(resolved(base, "?x") == "http://192.168.1.1:5000/gw/root.xml?x");
    BOOST_TEST(resolved(base, "c?x=a/b") == "http://192.168.1.1:5000/gw/c?x=a/b");
    BOOST_TEST(resolved(base, "//192.168.1.2/c") == "http://192.168.1.2:80/c");
    BOOST_TEST(resolved(base, "http://192.168.1.1:80/c") == "http://192.168.1.1:80/c");
    BOOST_TEST(resolved(base, "") == "http://192.168.1.1:5000/gw/root.xml?v=1");
    BOOST_TEST(resolved("http://192.168.1.1", "c") == "http://192.168.1.1:80/c");
    BOOST_TEST(resolved(base, "a b") == "nothing");
}

BOOST_AUTO_TEST_CASE(keeps_to_the_gateways_own_address) {
    auto const gateway = address("192.168.1.1");

    BOOST_TEST(kept_to(gateway, url("http://192.168.1.1:99/c")).has_value());
    BOOST_TEST(error_of(kept_to(gateway, url("http://192.168.1.2/c"))) == fault::foreign_address);
    BOOST_TEST(error_of(kept_to(gateway, url("http://127.0.0.1/c"))) == fault::foreign_address);
}

BOOST_AUTO_TEST_CASE(takes_no_heed_of_a_zone_that_is_the_gateways_own) {
    for (auto const* text : {"http://[fe80::1%25br0]:5000/a", "http://[fe80::1%br0]:5000/a"}) {
        auto const url = pmp::wire::parse_http_url(text);

        BOOST_REQUIRE(url.has_value());
        BOOST_TEST(to_string(*url) == "http://[fe80::1]:5000/a");
    }
}

BOOST_AUTO_TEST_CASE(gives_a_link_local_url_the_gateways_scope) {
    auto const gateway = address("fe80::1%1");

    auto const kept = kept_to(gateway, url("http://[fe80::1]:5000/c"));

    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST((kept->server.address == gateway));
    BOOST_TEST(to_string(*kept) == "http://[fe80::1]:5000/c");
}

BOOST_AUTO_TEST_SUITE_END()
