// SPDX-License-Identifier: MIT
#include "unit/wire_octets.hpp"
#include "wire/natpmp.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using pmp::fault;
using pmp::transport;
using pmp::test::address;
using pmp::test::error_of;
using pmp::test::for_each_truncation;
using pmp::test::hex;
using pmp::test::join;
using pmp::test::to_hex;

namespace natpmp = pmp::wire::natpmp;

namespace {

auto const address_response = hex("00"         // version
                                  "80"         // opcode 128 + 0
                                  "0000"       // result: success
                                  "00015180"   // epoch 86400
                                  "cb007107"); // 203.0.113.7

auto const map_response = hex("00"         // version
                              "82"         // opcode 128 + 2: TCP
                              "0000"       // result: success
                              "00015181"   // epoch 86401
                              "1f90"       // internal port 8080
                              "1f91"       // assigned port 8081
                              "00000e10"); // lifetime 3600

auto const map_request = hex("00"         // version
                             "01"         // opcode 1: UDP
                             "0000"       // reserved
                             "c350"       // internal port 50000
                             "c351"       // suggested port 50001
                             "00001c20"); // lifetime 7200

/// The alternative of a message that has to be there.
template <class Message>
Message decoded(pmp::wire::bytes const& datagram) {
    auto const message = natpmp::decode_response(datagram);
    BOOST_REQUIRE(message.has_value());
    BOOST_REQUIRE(std::holds_alternative<Message>(*message));
    return std::get<Message>(*message);
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_natpmp)

BOOST_AUTO_TEST_CASE(encodes_the_request_for_the_external_address) {
    BOOST_TEST(to_hex(encode(natpmp::request(natpmp::address_request{}))) == "0000");
}

BOOST_AUTO_TEST_CASE(encodes_a_map_request) {
    natpmp::request const udp = natpmp::map_request{transport::udp, 50000, 50001, 7200};
    natpmp::request const tcp = natpmp::map_request{transport::tcp, 50000, 50001, 7200};

    BOOST_TEST(to_hex(encode(udp)) == to_hex(map_request));
    BOOST_TEST(to_hex(encode(tcp)) == "00020000c350c35100001c20");
}

BOOST_AUTO_TEST_CASE(decodes_an_address_response) {
    auto const message = decoded<natpmp::address_response>(address_response);

    BOOST_TEST(message.result == 0);
    BOOST_TEST(message.epoch == 86400U);
    BOOST_TEST(message.external == address("203.0.113.7"));
}

BOOST_AUTO_TEST_CASE(decodes_a_map_response) {
    auto const message = decoded<natpmp::map_response>(map_response);

    BOOST_TEST((message.protocol == transport::tcp));
    BOOST_TEST(message.result == 0);
    BOOST_TEST(message.epoch == 86401U);
    BOOST_TEST(message.has_ports);
    BOOST_TEST(message.internal_port == 8080);
    BOOST_TEST(message.assigned_port == 8081);
    BOOST_TEST(message.lifetime == 3600U);
}

BOOST_AUTO_TEST_CASE(ignores_what_the_reserved_field_of_a_request_holds) {
    auto datagram = map_request;
    datagram[2] = std::byte{0xff};

    auto const message = natpmp::decode_request(datagram);

    BOOST_REQUIRE(message.has_value());
    BOOST_TEST(
        (*message == natpmp::request(natpmp::map_request{transport::udp, 50000, 50001, 7200}))
    );
}

BOOST_AUTO_TEST_CASE(gives_back_every_request_that_was_encoded) {
    std::vector<natpmp::request> const requests = {
        natpmp::address_request{},
        natpmp::map_request{transport::udp, 1, 65535, 4294967295},
        natpmp::map_request{transport::tcp, 65535, 0, 0},
    };
    for (auto const& request : requests) {
        auto const message = natpmp::decode_request(encode(request));

        BOOST_REQUIRE(message.has_value());
        BOOST_TEST((*message == request));
    }
}

BOOST_AUTO_TEST_CASE(gives_back_every_response_that_was_encoded) {
    std::vector<natpmp::response> const responses = {
        natpmp::address_response{0, 4294967295, address("203.0.113.7")},
        natpmp::address_response{3, 7, address("0.0.0.0")},
        natpmp::map_response{transport::udp, 0, 1, true, 1, 2, 3},
        natpmp::map_response{transport::tcp, 2, 1, true, 1, 0, 0},
        natpmp::map_response{transport::tcp, 256, 1, false},
        natpmp::version_response{128, 86400},
        natpmp::version_response{0, 86400},
        natpmp::error_response{3, 5, 86400},
    };
    for (auto const& response : responses) {
        auto const message = natpmp::decode_response(encode(response));

        BOOST_REQUIRE(message.has_value());
        BOOST_TEST((*message == response));
    }
}

BOOST_AUTO_TEST_CASE(refuses_every_truncation_of_a_success) {
    for (auto const& whole : {address_response, map_response}) {
        for_each_truncation(whole, [](pmp::wire::bytes const& cut) {
            BOOST_TEST(error_of(natpmp::decode_response(cut)) == fault::truncated);
        });
    }
}

BOOST_AUTO_TEST_CASE(refuses_every_truncation_of_a_request) {
    auto const address_request = hex("0000");
    for (auto const& whole : {address_request, map_request}) {
        for_each_truncation(whole, [](pmp::wire::bytes const& cut) {
            BOOST_TEST(error_of(natpmp::decode_request(cut)) == fault::truncated);
        });
    }
}

BOOST_AUTO_TEST_CASE(accepts_messages_that_go_on_after_their_last_field) {
    auto const tail = hex("ffff");

    auto const response = decoded<natpmp::map_response>(join(map_response, tail));
    auto const request = natpmp::decode_request(join(map_request, tail));

    BOOST_TEST(response.lifetime == 3600U);
    BOOST_TEST(request.has_value());
}

BOOST_AUTO_TEST_CASE(accepts_a_refused_mapping_without_ports) {
    auto const whole = hex("00 82 0002 00015182 1f90 0000 00000000");
    for_each_truncation(whole, [](pmp::wire::bytes const& cut) {
        if (cut.size() < 8) {
            BOOST_TEST(error_of(natpmp::decode_response(cut)) == fault::truncated);
            return;
        }
        auto const message = decoded<natpmp::map_response>(cut);
        BOOST_TEST((message == natpmp::map_response{transport::tcp, 2, 86402, false}));
    });
}

BOOST_AUTO_TEST_CASE(accepts_a_refused_address_request_without_an_address) {
    auto const message = decoded<natpmp::address_response>(hex("00 80 0003 00015180"));

    BOOST_TEST(message.result == 3);
    BOOST_TEST(message.epoch == 86400U);
    BOOST_TEST(message.external == address("0.0.0.0"));
}

BOOST_AUTO_TEST_CASE(reads_all_sixteen_bits_of_a_result) {
    auto const message =
        decoded<natpmp::map_response>(hex("00 81 0100 00015180 c350 0000 00000000"));

    BOOST_TEST(message.result == 256);
}

BOOST_AUTO_TEST_CASE(takes_an_error_for_an_unknown_opcode_as_an_error) {
    auto const message = decoded<natpmp::error_response>(hex("00 83 0005 00015180"));

    BOOST_TEST((message == natpmp::error_response{3, 5, 86400}));
}

BOOST_AUTO_TEST_CASE(refuses_a_success_for_an_unknown_opcode) {
    BOOST_TEST(
        error_of(natpmp::decode_response(hex("00 83 0000 00015180 00000000"))) == fault::bad_opcode
    );
}

BOOST_AUTO_TEST_CASE(knows_the_version_error_by_its_result_whatever_its_opcode) {
    for (auto const opcode : {0, 1, 128, 129, 130, 255}) {
        auto datagram = hex("00 00 0001 00015180");
        datagram[1] = static_cast<std::byte>(opcode);

        auto const message = decoded<natpmp::version_response>(datagram);

        BOOST_TEST(message.opcode == opcode);
        BOOST_TEST(message.epoch == 86400U);
    }
}

BOOST_AUTO_TEST_CASE(knows_the_version_error_at_any_length_from_four_octets_up) {
    auto const whole = hex("00 80 0001 00015180 00000000 00000000 00000000 00000000");
    for_each_truncation(whole, [](pmp::wire::bytes const& cut) {
        if (cut.size() < 4) {
            BOOST_TEST(error_of(natpmp::decode_response(cut)) == fault::truncated);
            return;
        }
        auto const message = decoded<natpmp::version_response>(cut);
        BOOST_TEST(message.epoch == (cut.size() < 8 ? 0U : 86400U));
    });
}

BOOST_AUTO_TEST_CASE(does_not_take_another_error_of_version_0_for_the_version_error) {
    // miniupnpd's answer to a PCP request that is too short.
    auto const message = decoded<natpmp::address_response>(
        hex("00 80 0003 00000e10 00000000 00000000 00000000 00000000")
    );

    BOOST_TEST(message.result == 3);
}

BOOST_AUTO_TEST_CASE(refuses_the_other_direction) {
    BOOST_TEST(
        error_of(natpmp::decode_response(join(map_request, hex("00000000")))) ==
        fault::bad_direction
    );
    BOOST_TEST(error_of(natpmp::decode_request(map_response)) == fault::bad_direction);
}

BOOST_AUTO_TEST_CASE(refuses_other_versions) {
    BOOST_TEST(error_of(natpmp::decode_response(hex("02 80 0001 00015180"))) == fault::bad_version);
    BOOST_TEST(
        error_of(natpmp::decode_request(hex("02 01 0000 c350 c351 00001c20"))) == fault::bad_version
    );
}

BOOST_AUTO_TEST_CASE(refuses_a_request_with_an_unknown_opcode) {
    BOOST_TEST(
        error_of(natpmp::decode_request(hex("00 03 0000 c350 c351 00001c20"))) == fault::bad_opcode
    );
}

BOOST_AUTO_TEST_SUITE_END()
