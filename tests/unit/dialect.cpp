// SPDX-License-Identifier: MIT
#include "dialect/dialect.hpp"

#include "wire/natpmp.hpp"
#include "wire/pcp.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;
namespace natpmp = pmp::wire::natpmp;

struct fixture {
    pmp::datagram_dialect const& pcp = *pmp::find_dialect(pmp::dialect_id::pcp);
    pmp::datagram_dialect const& nat_pmp = *pmp::find_dialect(pmp::dialect_id::nat_pmp);

    pmp::wire::bytes pcp_answer(std::uint8_t result, std::uint32_t lifetime) const {
        pmp::wire::pcp::response r;
        r.result = result;
        r.lifetime = lifetime;
        pmp::wire::pcp::map_body map;
        map.protocol = 6;
        map.internal_port = 22;
        r.body = map;
        return pmp::wire::pcp::encode(r);
    }

    pmp::lease_answer heard_by_pcp(std::uint8_t result, std::uint32_t lifetime) const {
        return std::get<pmp::lease_answer>(pcp.hear(pcp_answer(result, lifetime)));
    }

    pmp::lease_answer heard_by_nat_pmp(std::uint32_t lifetime) const {
        return std::get<pmp::lease_answer>(nat_pmp.hear(natpmp::encode(natpmp::response(
            natpmp::map_response{pmp::transport::tcp, 0, 1, true, 22, 22, lifetime}
        ))));
    }

    template <class T>
    bool hears(pmp::datagram_dialect const& d, pmp::wire::bytes const& datagram) const {
        return std::holds_alternative<T>(d.hear(datagram));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dialects, fixture)

BOOST_AUTO_TEST_CASE(of_pcp_caps_lifetimes_at_a_day) {
    BOOST_TEST(heard_by_pcp(0, 0xffffffffU).lifetime.count() == 86400);
    BOOST_TEST(heard_by_pcp(2, 0xffffffffU).retry_after.count() == 86400);
}

BOOST_AUTO_TEST_CASE(of_pcp_has_a_floor_under_error_lifetimes) {
    BOOST_TEST(pcp.hold_off(pmp::pcp_result::no_resources, 0s).count() == 30);
    BOOST_TEST(pcp.hold_off(pmp::pcp_result::not_authorized, 0s).count() == 300);
    BOOST_TEST(pcp.hold_off(pmp::pcp_result::not_authorized, 900s).count() == 900);
}

BOOST_AUTO_TEST_CASE(of_pcp_asks_for_an_exact_port_without_prefer_failure) {
    pmp::lease_request wish;
    wish.internal = {boost::asio::ip::make_address("192.168.1.5"), 22};
    wish.suggested.port = 2222;
    wish.lifetime = 7200s;
    wish.exact = true;

    auto const request = pmp::wire::pcp::parse_request(pcp.ask(wish));

    BOOST_TEST(std::get<pmp::wire::pcp::request>(request).options.empty());
}

BOOST_AUTO_TEST_CASE(of_pcp_takes_missing_mappings_for_deleted) {
    BOOST_TEST(heard_by_pcp(0, 0).deleted);
    BOOST_TEST(heard_by_pcp(8, 30).deleted);
    BOOST_TEST(!heard_by_pcp(2, 600).deleted);
}

BOOST_AUTO_TEST_CASE(of_pcp_knows_the_version_error_of_nat_pmp_in_every_shape) {
    for (auto const opcode : {0, 128, 129, 130}) {
        auto const error = natpmp::encode(natpmp::response(natpmp::version_response{
            static_cast<std::uint8_t>(opcode), 7}));
        BOOST_TEST(hears<pmp::not_spoken>(pcp, error));
        BOOST_TEST(hears<pmp::not_heard>(nat_pmp, error));
    }
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_knows_the_version_error_of_pcp) {
    pmp::wire::pcp::response r;
    r.result = 1;
    r.body = pmp::wire::pcp::announce_body{};
    auto const error = pmp::wire::pcp::encode(r);

    BOOST_TEST(hears<pmp::not_spoken>(nat_pmp, error));
    BOOST_TEST(hears<pmp::not_heard>(pcp, error));
}

BOOST_AUTO_TEST_CASE(of_pcp_does_not_suggest_the_gateways_own_ports) {
    pmp::lease_request request;
    request.protocol = pmp::transport::udp;
    request.internal = {boost::asio::ip::make_address("192.168.1.10"), 5351};
    request.suggested.port = 5351;
    request.lifetime = 600s;

    auto const datagram = pcp.ask(request);

    auto const parsed = pmp::wire::pcp::parse_request(datagram);
    auto const& map =
        std::get<pmp::wire::pcp::map_body>(std::get<pmp::wire::pcp::request>(parsed).body);
    BOOST_TEST(map.internal_port == 5351);
    BOOST_TEST(map.external.port == 0);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_takes_lifetime_zero_alone_for_a_deletion) {
    BOOST_TEST(heard_by_nat_pmp(0).deleted);
    BOOST_TEST(!heard_by_nat_pmp(60).deleted);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_caps_lifetimes_at_a_day) {
    BOOST_TEST(heard_by_nat_pmp(0xffffffffU).lifetime.count() == 86400);
    BOOST_TEST(heard_by_nat_pmp(3600).lifetime.count() == 3600);
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_has_no_deletion_of_a_port_that_nobody_named) {
    pmp::lease_request all;
    all.internal.port = 0;
    all.lifetime = 0s;
    pmp::lease_request one = all;
    one.internal.port = 22;

    BOOST_TEST((nat_pmp.lacks(all) == pmp::fault::left_to_expire));
    BOOST_TEST(!nat_pmp.lacks(one).failed());
}

BOOST_AUTO_TEST_CASE(of_nat_pmp_holds_back_as_its_results_deserve) {
    BOOST_TEST(nat_pmp.hold_off(pmp::nat_pmp_result::network_failure, 0s).count() == 30);
    BOOST_TEST(nat_pmp.hold_off(pmp::nat_pmp_result::out_of_resources, 0s).count() == 120);
    BOOST_TEST(nat_pmp.hold_off(pmp::nat_pmp_result::not_authorized, 0s).count() == 1800);
}

BOOST_AUTO_TEST_SUITE_END()
