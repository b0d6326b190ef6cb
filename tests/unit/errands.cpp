// SPDX-License-Identifier: MIT
#include "engine/inquiry.hpp"
#include "engine/lease_errands.hpp"
#include "support/gateway_simulator.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

using namespace std::chrono_literals;
using pmp::dialect_id;
using pmp::fault;
using pmp::test::vice;

namespace {

pmp::time_point const start{1h};
pmp::secret const key{std::byte{1}};
pmp::endpoint const host{boost::asio::ip::make_address("192.168.1.10"), 40000};

pmp::mapping tcp_80() {
    pmp::mapping wish;
    wish.internal.port = 80;
    wish.suggested.port = 80;
    return wish;
}

/// An errand at 192.168.1.1, in virtual time. What `loses` tells of is lost on the way there.
struct bench {
    pmp::gateway_view view() const {
        pmp::gateway_view there;
        there.address = gateway.options().address;
        there.internal = host.address;
        there.protocols = {dialect_id::pcp, dialect_id::nat_pmp};
        return there;
    }

    /// Until it has ended, or that much time has passed.
    std::optional<pmp::error_code> run(pmp::errand& what, std::chrono::seconds limit) {
        what.begin(view(), now);
        drain(what);
        while (!what.outcome() && now < start + limit) {
            now = std::min({what.wake_at(), gateway.wake_at(), start + limit});
            gateway.tick(now);
            what.tick(now);
            drain(what);
        }
        return what.outcome();
    }

    void drain(pmp::errand& what) {
        while (auto const out = what.poll()) {
            auto const& datagram = std::get<pmp::outbound_datagram>(*out);
            ++sent;
            if (!loses(sent)) {
                gateway.receive({host, datagram.destination, datagram.bytes}, now);
            }
        }
        while (auto const answer = gateway.poll()) {
            what.datagram({"default", answer->source, answer->destination, 0, answer->bytes}, now);
            drain(what);
        }
    }

    pmp::time_point now = start;
    pmp::test::gateway_simulator gateway{{}, 1, start};
    std::function<bool(int)> loses = [](int) { return false; };
    int sent = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_inquiry, bench)

BOOST_AUTO_TEST_CASE(asks_again_for_the_address_what_was_lost) {
    pmp::inquiry what{{}, key, 1};
    loses = [](int number) { return number <= 2; };

    auto const outcome = run(what, 1s);

    BOOST_TEST((outcome == pmp::error_code()));
    BOOST_TEST(what.address()->to_string() == "203.0.113.7");
    BOOST_TEST((now - start == 250ms));
}

BOOST_AUTO_TEST_CASE(ignores_an_answer_from_a_stranger) {
    gateway.set({vice::answers_from_other_address, {}}, now);
    pmp::inquiry what{{}, key, 1};

    auto const outcome = run(what, 10s);

    BOOST_TEST(!outcome);
}

BOOST_AUTO_TEST_CASE(asks_by_pcp_again_when_the_gateway_has_answered_by_nat_pmp_alone) {
    pmp::inquiry what{{pmp::inquiry_aim::everything}, key, 1};
    loses = [](int number) { return number == 1; };

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code()));
    BOOST_TEST(what.spoken().size() == 2U);
    BOOST_TEST((now - start == 250ms));
}

BOOST_AUTO_TEST_CASE(says_why_a_dialect_that_is_spoken_does_not_tell_the_address) {
    gateway.set_protocols({dialect_id::pcp});
    gateway.set({vice::refuses, {2, {}}}, now);
    pmp::inquiry what{{}, key, 1};

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code(pmp::pcp_result::not_authorized)));
    BOOST_TEST((now == start));
}

BOOST_AUTO_TEST_CASE(ends_at_once_where_the_gateway_speaks_no_known_version) {
    gateway.set({vice::only_version_3, {}}, now);
    pmp::inquiry what{{}, key, 1};

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code(pmp::pcp_result::unsupp_version)));
    BOOST_TEST((now == start));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_map_errand, bench)

BOOST_AUTO_TEST_CASE(tries_every_dialect_at_once_and_sends_nothing_twice) {
    gateway.set_protocols({dialect_id::nat_pmp});
    pmp::engine_settings settings;
    settings.fallback_delay = 0ms;
    pmp::map_errand what{settings, tcp_80(), {key, {}}, 1};

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code()));
    BOOST_TEST(sent == 3);
    BOOST_TEST((now == start));
}

BOOST_AUTO_TEST_CASE(ends_at_once_where_the_gateway_speaks_no_known_version) {
    gateway.set({vice::only_version_3, {}}, now);
    pmp::engine_settings settings;
    settings.fallback_delay = 0ms;
    pmp::map_errand what{settings, tcp_80(), {key, {}}, 1};

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code(pmp::pcp_result::unsupp_version)));
    BOOST_TEST((now == start));
}

BOOST_AUTO_TEST_CASE(is_refused_where_a_mapping_in_version_2_is_of_no_known_version) {
    gateway.set({vice::refuses, {1, {}}}, now);
    pmp::map_errand what{{}, tcp_80(), {key, {}}, 1};

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code(pmp::pcp_result::unsupp_version)));
}

BOOST_AUTO_TEST_CASE(asks_for_the_address_again_when_that_was_lost_beside_pcp) {
    gateway.set_protocols({dialect_id::nat_pmp});
    pmp::engine_settings settings;
    settings.fallback_delay = 0ms;
    pmp::map_errand what{settings, tcp_80(), {key, {}}, 1};
    loses = [](int number) { return number == 2; };

    auto const outcome = run(what, 10s);

    BOOST_TEST((outcome == pmp::error_code()));
    BOOST_TEST((now - start == 250ms));
}

BOOST_AUTO_TEST_CASE(deletes_what_is_not_of_use_without_an_address) {
    gateway.set({vice::no_external_address, {}}, now);
    pmp::map_errand what{{}, tcp_80(), {key, {}}, 1};

    auto const outcome = run(what, 10s);
    drain(what);

    BOOST_REQUIRE(outcome);
    BOOST_TEST(outcome->failed());
    BOOST_TEST(gateway.mappings() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
