// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "wire/gena.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using pmp::fault;
using pmp::test::address;
using pmp::test::error_of;

namespace gena = pmp::wire::gena;
using pmp::wire::http_url;
using std::chrono::seconds;

namespace {

http_url const events{{address("192.168.1.1"), 5000}, "/evt/ip"};
http_url const callback{{address("192.168.1.10"), 40000}, "/k7"};

gena::notification const notice{
    "uuid:s1", 0, {{"ExternalIPAddress", "198.51.100.7"}, {"SystemUpdateID", "4"}}};

} // namespace

BOOST_AUTO_TEST_SUITE(wire_gena)

BOOST_AUTO_TEST_CASE(subscribes_octet_for_octet) {
    BOOST_TEST(
        encode(gena::subscribe(events, callback)) == "SUBSCRIBE /evt/ip HTTP/1.1\r\n"
                                                     "HOST: 192.168.1.1:5000\r\n"
                                                     "CALLBACK: <http://192.168.1.10:40000/k7>\r\n"
                                                     "NT: upnp:event\r\n"
                                                     "TIMEOUT: Second-1800\r\n"
                                                     "Connection: close\r\n"
                                                     "\r\n"
    );
}

BOOST_AUTO_TEST_CASE(renews_with_the_sid_alone) {
    BOOST_TEST(
        encode(gena::renew(events, "uuid:s1")) == "SUBSCRIBE /evt/ip HTTP/1.1\r\n"
                                                  "HOST: 192.168.1.1:5000\r\n"
                                                  "SID: uuid:s1\r\n"
                                                  "TIMEOUT: Second-1800\r\n"
                                                  "Connection: close\r\n"
                                                  "\r\n"
    );
}

BOOST_AUTO_TEST_CASE(uses_the_granted_timeout) {
    auto const granted =
        gena::decode_subscription({200, {{"sid", " uuid:s1 "}, {"Timeout", "second-300"}}, {}});
    auto const for_ever =
        gena::decode_subscription({200, {{"SID", "uuid:s1"}, {"TIMEOUT", "Second-infinite"}}, {}});

    BOOST_TEST((granted.has_value() && *granted == gena::subscription{"uuid:s1", seconds(300)}));
    BOOST_TEST((for_ever.has_value() && for_ever->timeout == seconds(1800)));
    BOOST_TEST(error_of(gena::decode_subscription({412, {}, {}})) == fault::http_failed);
    BOOST_TEST(error_of(gena::decode_subscription({200, {}, {}})) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    auto const read = gena::decode_notification(encode(notice, callback));

    BOOST_TEST((read.has_value() && *read == notice));
}

BOOST_AUTO_TEST_CASE(answers_a_notification_by_what_it_lacks) {
    auto const good = encode(notice, callback);
    auto untyped = good;
    std::erase_if(untyped.fields, [](auto const& f) { return f.name == "NT"; });
    auto odd = good;
    for (auto& f : odd.fields) {
        f.value = f.name == "NTS" ? "ssdp:alive" : f.value;
    }

    BOOST_TEST(gena::verdict(good, "uuid:s1") == 200U);
    BOOST_TEST(gena::verdict(good, "uuid:s2") == 412U);
    BOOST_TEST(gena::verdict(good, "") == 412U);
    BOOST_TEST(gena::verdict(untyped, "uuid:s1") == 400U);
    BOOST_TEST(gena::verdict(odd, "uuid:s1") == 412U);
}

BOOST_AUTO_TEST_CASE(survives_every_truncation_of_a_property_set) {
    auto const whole = encode(notice, callback);
    for (std::size_t size = 0; size + 2 < whole.body.size(); ++size) {
        auto cut = whole;
        cut.body.resize(size);

        BOOST_TEST(error_of(gena::decode_notification(cut)).failed(), size);
    }
}

BOOST_AUTO_TEST_CASE(sees_gaps_and_wraps_from_the_last_number_to_one) {
    BOOST_TEST(gena::follows(0, 1));
    BOOST_TEST(gena::follows(0xffffffffU, 1));
    BOOST_TEST(!gena::follows(0xffffffffU, 0));
    BOOST_TEST(!gena::follows(4, 6));
    BOOST_TEST(!gena::follows(4, 4));
}

BOOST_AUTO_TEST_SUITE_END()
