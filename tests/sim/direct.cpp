// SPDX-License-Identifier: MIT
#include "support/printers.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

// A host whose own address is public, and a gateway that maps nothing for it.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

constexpr char const* public_address = "93.184.216.34";
constexpr char const* other_address = "93.184.216.77";

std::vector<dialect_id> const all{dialect_id::pcp, dialect_id::nat_pmp, dialect_id::igd};

gateway_options deaf() {
    gateway_options out;
    out.address = boost::asio::ip::make_address("93.184.216.1");
    out.protocols = {};
    return out;
}

struct uplink {
    explicit uplink(std::string const& own = public_address)
        : gw(w.add_gateway(deaf())), h(w.add_host(own)) {
        see(own);
    }

    void see(std::string const& own, std::vector<dialect_id> const& allowed = all) {
        h.sees({view_of(gw, own, "default", allowed)});
    }

    lease the_lease() const { return h.lease_of("tcp-8000").value_or(lease{}); }
    bool is_direct() const { return h.holds_all() && the_lease().via == dialect_id::direct; }

    world w{1};
    simulated_gateway& gw;
    host& h;
};

/// Wherever no gateway answers: silent or closed, by whatever protocols it is asked.
template <typename Check>
void without_a_gateway(Check const& check) {
    for (auto const closed : {false, true}) {
        for (auto const& allowed :
             {all, std::vector{dialect_id::pcp}, std::vector{dialect_id::igd}}) {
            uplink at;
            at.gw.close_port(closed);
            at.see(public_address, allowed);
            check(at);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(direct)

BOOST_AUTO_TEST_CASE(a_public_host_without_a_gateway_holds_its_own_ports) {
    without_a_gateway([](uplink& at) {
        at.h.wants({tcp(8000, 80), udp(8001)});
        at.w.run_for(20s);

        BOOST_TEST_REQUIRE(at.is_direct(), at.h.history());
        endpoint const own{boost::asio::ip::make_address(public_address), 8000};
        BOOST_TEST((at.the_lease().assigned == own));
        BOOST_TEST((at.the_lease().internal == own));
        BOOST_TEST((at.h.engine().gateways().at(0).external_address == own.address));
        BOOST_TEST(!at.h.engine().gateways().at(0).via);
    });
}

BOOST_AUTO_TEST_CASE(any_other_host_holds_nothing) {
    for (auto const* own : {"192.168.1.10", "100.64.3.4", "169.254.7.7", "192.0.0.2", "10.1.1.1"}) {
        uplink at(own);

        at.h.wants({tcp(8000)});
        at.w.run_for(10min);

        BOOST_TEST(!at.h.holds_all(), own);
    }
}

BOOST_AUTO_TEST_CASE(it_stays_so_and_asks_seldom) {
    uplink at;
    at.h.wants({tcp(8000)});
    at.w.run_for(1h);
    auto const sent = at.h.traffic().sent;

    at.w.run_for(72h);

    BOOST_TEST(at.is_direct(), at.h.history());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::refused) <= 1U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::gateway_silent) == 0U, at.h.history());
    BOOST_TEST(at.h.traffic().sent - sent <= 72U * 12, at.h.history());
    BOOST_TEST(at.h.traffic().sent - sent >= 72U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_appears_is_asked) {
    for (auto const spoken : all) {
        for (auto const announces : {true, false}) {
            uplink at;
            at.h.wants({tcp(8000)});
            at.w.run_for(1min);
            BOOST_TEST_REQUIRE(at.is_direct(), at.h.history());
            at.gw.set_protocols({spoken});
            if (announces) {
                at.gw.announce();
            }

            at.w.run_for(announces ? std::chrono::seconds(1min) : std::chrono::seconds(2h));

            BOOST_TEST(at.h.holds_all(), at.h.history());
            BOOST_TEST((at.the_lease().via == spoken), at.h.history());
            BOOST_TEST(at.gw.holds(at.the_lease()));
            BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
        }
    }
}

BOOST_AUTO_TEST_CASE(another_address_is_told) {
    uplink at;
    at.h.wants({tcp(8000)});
    at.w.run_for(1min);

    at.see(other_address);
    at.w.run_for(20s);

    BOOST_TEST(at.is_direct(), at.h.history());
    BOOST_TEST((at.the_lease().assigned.address == boost::asio::ip::make_address(other_address)));
    auto const told = at.h.last(event_kind::external_address_changed);
    BOOST_TEST_REQUIRE(told.has_value(), at.h.history());
    BOOST_TEST((told->was->address == boost::asio::ip::make_address(public_address)));
}

BOOST_AUTO_TEST_CASE(what_is_held_so_ends_without_a_word) {
    uplink at;
    at.h.wants({tcp(8000)});
    at.w.run_for(1min);
    auto const sent = at.h.traffic().sent;

    at.h.wants({});

    BOOST_TEST(at.h.count(event_kind::released) == 1U, at.h.history());
    BOOST_TEST(at.h.traffic().sent == sent);
    BOOST_TEST(at.h.engine().standings().empty());
}

BOOST_AUTO_TEST_CASE(what_only_a_gateway_can_do_is_not_held) {
    uplink at;
    auto filtered = tcp(8000);
    filtered.allow = {*parse_remote_prefix("198.51.100.0/24")};
    auto exact = tcp(8001, 80);
    exact.exact = true;
    auto other = tcp(8002);
    other.internal.address = boost::asio::ip::make_address("192.168.1.20");

    at.h.wants({filtered, exact, other, tcp(8003)});
    at.w.run_for(10min);

    BOOST_TEST(at.h.leases().size() == 1U, at.h.history());
    BOOST_TEST(at.h.holds("tcp-8003"));
}

BOOST_AUTO_TEST_CASE(another_exact_port_is_told_to_be_in_want_of_a_gateway) {
    without_a_gateway([](uplink& at) {
        auto exact = tcp(8001, 80);
        exact.exact = true;

        at.h.wants({exact, tcp(8003)});
        at.w.run_for(20s);

        auto const refused = at.h.last(event_kind::refused, "tcp-8001");
        BOOST_TEST_REQUIRE(refused.has_value(), at.h.history());
        BOOST_TEST((refused->error == fault::needs_gateway), at.h.history());
        auto const told = at.h.count(event_kind::refused);
        at.w.run_for(24h);
        BOOST_TEST(at.h.count(event_kind::refused) == told, at.h.history());
        BOOST_TEST(at.h.holds("tcp-8003"));
    });
}

BOOST_AUTO_TEST_CASE(another_exact_port_is_had_of_a_gateway_that_appears) {
    uplink at;
    auto exact = tcp(8001, 80);
    exact.exact = true;
    at.h.wants({exact});
    at.w.run_for(1min);

    at.gw.set_protocols({dialect_id::pcp});
    at.gw.announce();
    at.w.run_for(10min);

    BOOST_TEST(at.h.holds_all(), at.h.history());
}

BOOST_AUTO_TEST_CASE(a_suggested_port_that_is_not_had_is_told) {
    uplink at;

    at.h.wants({tcp(8000, 80), tcp(8001, 8001), tcp(8002)});
    at.w.run_for(20s);

    BOOST_TEST_REQUIRE(at.is_direct(), at.h.history());
    BOOST_TEST((at.h.last(event_kind::acquired, "tcp-8000")->error == fault::needs_gateway));
    BOOST_TEST(!at.h.last(event_kind::acquired, "tcp-8001")->error);
    BOOST_TEST(!at.h.last(event_kind::acquired, "tcp-8002")->error);
}

BOOST_AUTO_TEST_SUITE_END()
