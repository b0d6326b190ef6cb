// SPDX-License-Identifier: MIT
#include "unit/wire_pcp_messages.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using pmp::fault;
using pmp::test::address;
using pmp::test::announce_request;
using pmp::test::error_of;
using pmp::test::map_request;
using pmp::test::peer_request;
using pmp::test::with;
using pmp::wire::bytes;

namespace pcp = pmp::wire::pcp;

namespace {

pmp::error_code const none;

pcp::request deletion() {
    auto request = map_request();
    request.lifetime = 0;
    std::get<pcp::map_body>(request.body).external.port = 0;
    return request;
}

pcp::request map_of(std::uint8_t protocol, std::uint16_t internal_port, std::uint16_t suggested) {
    auto request = map_request();
    auto& body = std::get<pcp::map_body>(request.body);
    body.protocol = protocol;
    body.internal_port = internal_port;
    body.external.port = suggested;
    return request;
}

pcp::filter filter_of(std::uint8_t prefix_length, char const* remote) {
    return {prefix_length, 0, address(remote)};
}

auto const other_host = pcp::third_party{address("192.168.1.20")};

} // namespace

BOOST_AUTO_TEST_SUITE(wire_pcp_rules)

BOOST_AUTO_TEST_CASE(forbid_a_port_with_all_protocols) {
    BOOST_TEST(error_of(encode(map_of(0, 80, 0))) == fault::bad_value);
    BOOST_TEST(error_of(encode(map_of(0, 0, 0))) == none);
}

BOOST_AUTO_TEST_CASE(forbid_zeros_in_a_peer_request) {
    auto no_protocol = peer_request();
    std::get<pcp::peer_body>(no_protocol.body).protocol = 0;
    auto no_internal_port = peer_request();
    std::get<pcp::peer_body>(no_internal_port.body).internal_port = 0;
    auto no_remote_port = peer_request();
    std::get<pcp::peer_body>(no_remote_port.body).remote.port = 0;

    BOOST_TEST(error_of(encode(no_protocol)) == fault::bad_value);
    BOOST_TEST(error_of(encode(no_internal_port)) == fault::bad_value);
    BOOST_TEST(error_of(encode(no_remote_port)) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(forbid_to_suggest_the_udp_ports_of_pcp) {
    BOOST_TEST(error_of(encode(map_of(17, 5350, 5350))) == fault::bad_value);
    BOOST_TEST(error_of(encode(map_of(17, 5351, 5351))) == fault::bad_value);
    BOOST_TEST(error_of(encode(map_of(17, 5351, 5352))) == none);
    BOOST_TEST(error_of(encode(map_of(6, 5351, 5351))) == none);
}

BOOST_AUTO_TEST_CASE(forbid_prefer_failure_without_a_suggestion) {
    BOOST_TEST(
        error_of(encode(with(map_of(6, 80, 0), {pcp::prefer_failure{}}))) == fault::bad_value
    );
    BOOST_TEST(error_of(encode(with(map_of(6, 80, 81), {pcp::prefer_failure{}}))) == none);
}

BOOST_AUTO_TEST_CASE(forbid_prefer_failure_and_filter_in_a_deletion) {
    auto request = deletion();
    std::get<pcp::map_body>(request.body).external.port = 8080;

    BOOST_TEST(error_of(encode(request)) == none);
    BOOST_TEST(error_of(encode(with(request, {pcp::prefer_failure{}}))) == fault::bad_value);
    BOOST_TEST(error_of(encode(with(request, {pcp::filter{}}))) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(forbid_a_third_party_that_is_the_client) {
    auto const itself = pcp::third_party{address("192.168.1.10")};

    BOOST_TEST(error_of(encode(with(map_request(), {itself}))) == fault::bad_value);
    BOOST_TEST(error_of(encode(with(peer_request(), {itself}))) == fault::bad_value);
    BOOST_TEST(error_of(encode(with(map_request(), {other_host}))) == none);
}

BOOST_AUTO_TEST_CASE(hold_filter_prefixes_to_their_family) {
    auto const error_with = [](pcp::filter const& filter) {
        return error_of(encode(with(map_request(), {filter})));
    };

    BOOST_TEST(error_with(filter_of(97, "198.51.100.0")) == none);
    BOOST_TEST(error_with(filter_of(128, "198.51.100.1")) == none);
    BOOST_TEST(error_with(filter_of(1, "2001:db8::")) == none);
    BOOST_TEST(error_with(filter_of(128, "2001:db8::1")) == none);
    BOOST_TEST(error_with(filter_of(24, "198.51.100.0")) == fault::bad_value);
    BOOST_TEST(error_with(filter_of(96, "0.0.0.0")) == fault::bad_value);
    BOOST_TEST(error_with(filter_of(129, "2001:db8::1")) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(want_all_zeros_in_the_filter_that_removes_all) {
    auto const error_with = [](pcp::filter const& filter) {
        return error_of(encode(with(map_request(), {filter})));
    };

    BOOST_TEST(error_with({}) == none);
    BOOST_TEST(error_with({0, 443, address("::")}) == fault::bad_value);
    BOOST_TEST(error_with({0, 0, address("198.51.100.0")}) == fault::bad_value);
    BOOST_TEST(error_with({0, 0, address("0.0.0.0")}) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(forbid_options_where_they_may_not_stand) {
    std::vector<pcp::option> const not_in_peer = {
        pcp::prefer_failure{}, pcp::filter{}, pcp::prefix64{}, pcp::port_set{1, 40000, false}};
    std::vector<pcp::option> const not_in_announce = {
        pcp::prefer_failure{},
        pcp::filter{},
        pcp::port_set{1, 0, false},
        other_host,
        pcp::description{},
        pcp::checkpoint_required{}};

    for (auto const& option : not_in_peer) {
        BOOST_TEST(error_of(encode(with(peer_request(), {option}))) == fault::bad_option);
    }
    for (auto const& option : not_in_announce) {
        BOOST_TEST(error_of(encode(with(announce_request(), {option}))) == fault::bad_option);
    }
}

BOOST_AUTO_TEST_CASE(forbid_an_option_twice_that_may_stand_once) {
    std::vector<pcp::option> const single = {
        pcp::prefer_failure{},
        other_host,
        pcp::description{"x"},
        pcp::prefix64{},
        pcp::port_set{2, 8080, false},
        pcp::checkpoint_required{}};

    for (auto const& option : single) {
        BOOST_TEST(error_of(encode(with(map_request(), {option}))) == none);
        BOOST_TEST(error_of(encode(with(map_request(), {option, option}))) == fault::bad_option);
    }
}

BOOST_AUTO_TEST_CASE(allow_many_filters_and_unknown_options) {
    auto const filter = filter_of(120, "198.51.100.0");
    auto const unknown = pcp::other_option{77, {}};

    BOOST_TEST(error_of(encode(with(map_request(), {pcp::filter{}, filter, filter}))) == none);
    BOOST_TEST(error_of(encode(with(map_request(), {unknown, unknown}))) == none);
}

BOOST_AUTO_TEST_CASE(want_a_port_set_of_the_mapping_itself) {
    auto const error_with = [](pcp::port_set const& set) {
        return error_of(encode(with(map_request(), {set})));
    };

    BOOST_TEST(error_with({100, 8080, true}) == none);
    BOOST_TEST(error_with({0, 8080, false}) == fault::bad_value);
    BOOST_TEST(error_with({100, 8081, false}) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(forbid_a_port_set_with_prefer_failure) {
    auto const set = pcp::port_set{100, 8080, false};

    for (auto const& options :
         {std::vector<pcp::option>{set, pcp::prefer_failure{}}, {pcp::prefer_failure{}, set}}) {
        BOOST_TEST(error_of(encode(with(map_request(), options))) == fault::bad_option);
    }
}

BOOST_AUTO_TEST_CASE(want_one_third_party_beside_its_one_id) {
    auto const id = pcp::third_party_id{{std::byte{1}}};

    BOOST_TEST(error_of(encode(with(map_request(), {id}))) == fault::bad_option);
    BOOST_TEST(error_of(encode(with(map_request(), {id, other_host}))) == none);
    BOOST_TEST(error_of(encode(with(map_request(), {id, other_host, id}))) == fault::bad_option);
}

BOOST_AUTO_TEST_CASE(want_the_prefix64_of_a_request_empty) {
    auto filled = pcp::prefix64{};
    filled.ipv4_prefixes = {{24, address("192.0.2.0")}};

    BOOST_TEST(error_of(encode(with(announce_request(), {pcp::prefix64{}}))) == none);
    BOOST_TEST(error_of(encode(with(announce_request(), {filled}))) == fault::bad_value);
}

BOOST_AUTO_TEST_CASE(forbid_texts_over_1016_octets) {
    auto const longest = pcp::description{std::string(1016, 'x')};
    auto const longer = pcp::description{std::string(1017, 'x')};
    auto const longer_id = pcp::third_party_id{bytes(1017)};

    BOOST_TEST(error_of(encode(with(map_request(), {longer}))) == fault::bad_option);
    BOOST_TEST(error_of(encode(with(map_request(), {other_host, longer_id}))) == fault::bad_option);
    auto const fullest = encode(with(peer_request(), {longest}));
    BOOST_REQUIRE(fullest.has_value());
    BOOST_TEST(fullest->size() == 1100U);
}

BOOST_AUTO_TEST_CASE(forbid_requests_over_1100_octets) {
    auto const text = pcp::description{std::string(996, 'x')};
    auto const longer = pcp::description{std::string(997, 'x')};

    BOOST_TEST(error_of(encode(with(peer_request(), {other_host, text}))) == none);
    BOOST_TEST(error_of(encode(with(peer_request(), {other_host, longer}))) == fault::bad_length);
}

BOOST_AUTO_TEST_SUITE_END()
