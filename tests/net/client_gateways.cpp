// SPDX-License-Identifier: MIT
#include "net/client_beside_gateway.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using pmp::dialect_id;
using pmp::event_kind;
using pmp::test::client_beside_gateway;
using pmp::test::run_until;
using pmp::test::socket_gateway;
using pmp::test::tcp_of;
using pmp::test::vice;

namespace {

pmp::test::gateway_options beside_this_process() {
    pmp::test::gateway_options options;
    auto const here = pmp::test::address_of_this_process().to_v4().to_uint();
    options.address = boost::asio::ip::address_v4{here | 0x10000U};
    return options;
}

struct client_between_gateways : client_beside_gateway {
    client_between_gateways() {
        client->set_mappings({tcp_of(80), tcp_of(443)});
        read_events();
        start();
        holds(2);
        happens(event_kind::acquired);
    }

    pmp::gateway_settings here() {
        pmp::gateway_settings out;
        out.address = gateway.simulator().options().address;
        return out;
    }

    pmp::gateway_settings there() {
        pmp::gateway_settings out;
        out.address = other.simulator().options().address;
        return out;
    }

    bool holds_at(socket_gateway& where, std::size_t count) {
        return run_until(io, [&] {
            auto const leases = client->leases();
            auto const at = where.simulator().options().address;
            return leases.size() == count &&
                   std::all_of(leases.begin(), leases.end(), [&](pmp::lease const& each) {
                       return each.gateway.address == at;
                   });
        });
    }

    std::size_t count(event_kind kind) const {
        return static_cast<std::size_t>(std::count_if(
            events.begin(), events.end(), [&](pmp::event const& each) { return each.kind == kind; }
        ));
    }

    socket_gateway other{io, beside_this_process()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_client_that_is_told_other_gateways, client_between_gateways)

BOOST_AUTO_TEST_CASE(releases_what_is_at_the_old_one_and_acquires_at_the_new) {
    client->set_gateways({there()});

    BOOST_TEST(holds_at(other, 2));
    BOOST_TEST(run_until(io, [&] { return count(event_kind::acquired) == 4; }));
    BOOST_TEST(gateway.simulator().mappings() == 0U);
    BOOST_TEST(count(event_kind::released) == 2U);
    BOOST_TEST(count(event_kind::lost) == 0U);
    BOOST_TEST(count(event_kind::gateway_lost) == 0U);
}

BOOST_AUTO_TEST_CASE(tells_the_end_before_the_beginning) {
    client->set_gateways({there()});
    holds_at(other, 2);
    run_until(io, [&] { return count(event_kind::acquired) == 4; });

    for (auto const* name : {"tcp-80", "tcp-443"}) {
        std::vector<event_kind> told;
        for (auto const& each : events) {
            if (each.mapping == name) {
                told.push_back(each.kind);
            }
        }
        BOOST_TEST(
            (told == std::vector{event_kind::acquired, event_kind::released, event_kind::acquired})
        );
    }
}

BOOST_AUTO_TEST_CASE(does_not_wait_long_for_an_old_one_that_is_silent) {
    gateway.simulator().set({vice::silent, {}}, pmp::boot_clock::now());

    client->set_gateways({there()});

    BOOST_TEST(holds_at(other, 2));
    BOOST_TEST(run_until(io, [&] { return count(event_kind::released) == 2; }));
    auto const released = std::find_if(events.begin(), events.end(), [](pmp::event const& each) {
        return each.kind == event_kind::released;
    });
    BOOST_TEST((released->error == pmp::fault::gateway_silent));
    BOOST_TEST(count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(stays_where_it_is_where_the_old_ones_are_set_again_meanwhile) {
    gateway.simulator().set({vice::silent, {}}, pmp::boot_clock::now());
    client->set_gateways({there()});
    gateway.simulator().clear(vice::silent, pmp::boot_clock::now());

    client->set_gateways({here()});

    BOOST_TEST(holds_at(gateway, 2));
    BOOST_TEST(gateway.simulator().mappings() == 2U);
    BOOST_TEST(other.heard() == 0U);
}

BOOST_AUTO_TEST_CASE(asks_nothing_new_of_one_that_it_leaves) {
    auto const served = gateway.simulator().statistics().grants;

    client->set_gateways({there()});
    client->set_mappings({tcp_of(8080)});

    BOOST_TEST(holds_at(other, 1));
    BOOST_TEST(gateway.simulator().statistics().grants == served);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(moves_once_where_the_same_are_set_again_meanwhile) {
    client->set_gateways({there()});
    client->set_gateways({there()});

    BOOST_TEST(holds_at(other, 2));
    BOOST_TEST(run_until(io, [&] { return count(event_kind::acquired) == 4; }));
    BOOST_TEST(count(event_kind::released) == 2U);
    BOOST_TEST(gateway.simulator().mappings() == 0U);
}

BOOST_AUTO_TEST_CASE(releases_what_is_at_one_that_goes) {
    auto elsewhere = there();
    elsewhere.name = "other";

    client->set_gateways({elsewhere});
    client->set_mappings({});

    BOOST_TEST(run_until(io, [&] { return gateway.simulator().mappings() == 0; }));
    BOOST_TEST(run_until(io, [&] { return count(event_kind::released) == 2; }));
    BOOST_TEST(count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(keeps_what_is_allowed_by_other_protocols) {
    auto same = here();
    same.protocols = {dialect_id::pcp};

    client->set_gateways({same});
    run_until(io, [&] { return client->gateways().front().view.protocols == same.protocols; });

    BOOST_TEST(holds(2));
    BOOST_TEST(count(event_kind::released) == 0U);
    BOOST_TEST(count(event_kind::lost) == 0U);
    BOOST_TEST(count(event_kind::acquired) == 2U);
}

BOOST_AUTO_TEST_CASE(releases_in_the_old_words_what_the_new_ones_do_not_allow) {
    auto same = here();
    same.protocols = {dialect_id::nat_pmp};

    client->set_gateways({same});

    BOOST_TEST(run_until(io, [&] {
        auto const leases = client->leases();
        return leases.size() == 2 && leases[0].via == dialect_id::nat_pmp &&
               leases[1].via == dialect_id::nat_pmp;
    }));
    BOOST_TEST(run_until(io, [&] { return count(event_kind::acquired) == 4; }));
    BOOST_TEST(count(event_kind::released) == 2U);
    BOOST_TEST(count(event_kind::lost) == 0U);
    BOOST_TEST(gateway.simulator().mappings() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
