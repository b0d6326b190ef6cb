// SPDX-License-Identifier: MIT
#include "engine/inquiry.hpp"
#include "engine/lease_errands.hpp"
#include "support/gateway_simulator.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

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

struct broken_answer {
    char const* name;
    std::vector<std::byte> bytes;
    fault flaw;
};

std::vector<std::byte> octets(std::initializer_list<unsigned> values, std::size_t size) {
    std::vector<std::byte> out(size);
    std::transform(values.begin(), values.end(), out.begin(), [](unsigned value) {
        return static_cast<std::byte>(value);
    });
    return out;
}

std::vector<broken_answer> broken_answers() {
    return {
        {"nothing but a version", octets({2}, 1), fault::truncated},
        {"a part of a NAT-PMP answer", octets({0, 128}, 9), fault::truncated},
        {"a part of a PCP answer", octets({2, 129}, 20), fault::truncated},
        {"a version of nobody", octets({9, 129}, 60), fault::bad_version},
        {"an opcode of nobody", octets({0, 200}, 12), fault::bad_opcode},
        {"its own request", octets({2, 1}, 60), fault::bad_direction},
        {"octets behind a PCP answer", octets({2, 129}, 61), fault::bad_length},
    };
}

pmp::inbound_datagram from_gateway(std::vector<std::byte> const& bytes) {
    pmp::inbound_datagram in;
    in.gateway = "default";
    in.source = {boost::asio::ip::make_address("192.168.1.1"), pmp::gateway_port};
    in.destination = host;
    in.bytes = bytes;
    return in;
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

    /// An errand that `make` makes tells what is wrong with whatever it is answered.
    template <typename Make>
    void check_broken_answers(Make const& make) const {
        for (auto const& each : broken_answers()) {
            BOOST_TEST_CONTEXT(each.name) {
                auto what = make();
                what.begin(view(), now);

                what.datagram(from_gateway(each.bytes), now);
                what.call_off(now);

                BOOST_TEST((what.outcome() == pmp::error_code(each.flaw)));
            }
        }
    }

    /// So it does where the nonce is another one.
    void check_other_nonces(pmp::errand& what) {
        gateway.set_protocols({dialect_id::pcp});
        gateway.set({vice::answers_other_nonce, {}}, now);

        run(what, 10s);
        what.call_off(now);

        BOOST_TEST((what.outcome() == pmp::error_code(fault::bad_value)));
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

BOOST_AUTO_TEST_CASE(tells_why_what_the_gateway_answers_is_of_no_use) {
    check_broken_answers([] { return pmp::inquiry{{}, key, 1}; });
}

BOOST_AUTO_TEST_CASE(tells_of_answers_with_another_nonce) {
    pmp::inquiry what{{}, key, 1};
    check_other_nonces(what);
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

BOOST_AUTO_TEST_CASE(tells_why_what_the_gateway_answers_is_of_no_use) {
    check_broken_answers([] { return pmp::map_errand{{}, tcp_80(), {key, {}}, 1}; });
}

BOOST_AUTO_TEST_CASE(tells_of_answers_with_another_nonce) {
    pmp::map_errand what{{}, tcp_80(), {key, {}}, 1};
    check_other_nonces(what);
}

BOOST_AUTO_TEST_CASE(tells_of_silence_where_a_stranger_answers) {
    pmp::map_errand what{{}, tcp_80(), {key, {}}, 1};
    what.begin(view(), now);
    auto const broken = octets({2}, 1);
    auto in = from_gateway(broken);
    in.source.port = 5352;

    what.datagram(in, now);
    what.call_off(now);

    BOOST_TEST(!what.outcome());
}

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
