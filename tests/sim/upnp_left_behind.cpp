// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

// What a mapping leaves behind where it goes on with another entry, and the gateway refuses to
// delete the one that it had.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

mapping at_port(std::uint16_t external, bool exact = false) {
    auto out = tcp(8000);
    out.suggested.port = external;
    out.exact = exact;
    return out;
}

/// Held at 8000 first.
struct moving : upnp_home {
    explicit moving(bool permanent = true, unsigned version = 1)
        : upnp_home(only_igd, only_igd, version) {
        if (permanent) {
            gw.set(vice::permanent_only);
        }
        hold({tcp(8000)});
        gw.set(vice::refuses_deletions, 501);
    }

    void move_to(mapping const& m) {
        h.wants({m});
        w.run_for(20s);
        BOOST_TEST_REQUIRE(h.holds_all(), requests());
        BOOST_TEST_REQUIRE(gw.table().size() == 2U, requests());
    }

    std::vector<std::uint16_t> ports() const {
        std::vector<std::uint16_t> out;
        for (auto const& each : gw.table()) {
            out.push_back(each.external.port);
        }
        return out;
    }

    std::vector<standing> leaving() const {
        auto rows = h.engine().standings();
        std::erase_if(rows, [](auto const& row) { return row.state != lease_state::releasing; });
        return rows;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_left_behind)

BOOST_AUTO_TEST_CASE(what_a_mapping_had_before_it_moved_is_deleted_later) {
    for (auto const permanent : {true, false}) {
        for (auto const exact : {true, false}) {
            BOOST_TEST_CONTEXT((permanent ? "permanent" : "finite") << (exact ? ", exact" : "")) {
                moving at(permanent);
                at.move_to(at_port(9000, exact));
                at.gw.clear(vice::refuses_deletions);

                at.w.run_for(2min);

                BOOST_TEST(at.ports() == std::vector<std::uint16_t>{9000}, at.requests());
                BOOST_TEST(at.leaving().empty(), at.requests());
                BOOST_TEST(at.h.remembers().leases.size() == 1U);
                BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(until_then_it_is_told_beside_the_mapping) {
    moving at;
    at.move_to(at_port(9000));

    auto const rows = at.leaving();
    BOOST_TEST_REQUIRE(rows.size() == 1U, at.requests());
    BOOST_TEST(rows.front().mapping.name == "tcp-8000");
    BOOST_TEST((rows.front().error == upnp_result::action_failed));
    BOOST_TEST_REQUIRE((rows.front().lease && rows.front().retry_at));
    BOOST_TEST(rows.front().lease->assigned.port == 8000U);
    BOOST_TEST(at.the_lease().assigned.port == 9000U);
    BOOST_TEST((at.h.last(event_kind::released)->retry_after >= 60s), at.h.history());
}

BOOST_AUTO_TEST_CASE(nobody_is_told_that_the_mapping_itself_is_released_by_that) {
    moving at;
    at.move_to(at_port(9000));
    auto const told = at.h.count(event_kind::released);

    at.w.run_for(3h);
    at.gw.clear(vice::refuses_deletions);
    at.w.run_for(2h);

    BOOST_TEST(at.ports() == std::vector<std::uint16_t>{9000}, at.requests());
    BOOST_TEST(at.h.count(event_kind::released) == told, at.h.history());
}

BOOST_AUTO_TEST_CASE(it_is_tried_less_and_less_often) {
    moving at;
    at.move_to(at_port(9000));

    at.w.run_for(24h);

    auto const tries = at.count(request_kind::remove);
    BOOST_TEST(tries >= 20U, at.requests());
    BOOST_TEST(tries <= 60U, at.requests());
    BOOST_TEST(at.h.holds_all(), at.requests());
}

BOOST_AUTO_TEST_CASE(each_that_it_had_is_deleted) {
    moving at;
    at.move_to(at_port(9000));
    at.h.wants({at_port(9001)});
    at.w.run_for(20s);
    BOOST_TEST(at.leaving().size() == 2U, at.requests());
    at.gw.clear(vice::refuses_deletions);

    at.w.run_for(5min);

    BOOST_TEST(at.ports() == std::vector<std::uint16_t>{9001}, at.requests());
}

BOOST_AUTO_TEST_CASE(the_next_run_deletes_it) {
    for (auto const wanted : {true, false}) {
        moving at;
        at.move_to(at_port(9000));
        at.h.crash();
        at.gw.clear(vice::refuses_deletions);

        at.h.start();
        at.h.wants(wanted ? std::vector{at_port(9000)} : std::vector<mapping>());
        at.w.run_for(1min);

        auto const left = wanted ? std::vector<std::uint16_t>{9000} : std::vector<std::uint16_t>();
        BOOST_TEST(at.ports() == left, at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_stop_deletes_it_and_tells_where_that_fails) {
    for (auto const works : {true, false}) {
        moving at;
        at.move_to(at_port(9000));
        if (works) {
            at.gw.clear(vice::refuses_deletions);
        }
        auto const told = at.h.count(event_kind::released);

        at.h.stop();
        at.w.run_for(3s);

        BOOST_TEST(at.gw.table().size() == (works ? 0U : 2U), at.requests());
        BOOST_TEST(at.h.remembers().leases.size() == (works ? 0U : 2U));
        BOOST_TEST(at.h.count(event_kind::released) == told + 2, at.h.history());
    }
}

BOOST_AUTO_TEST_CASE(it_is_not_deleted_where_the_mapping_has_gone_back_to_it) {
    moving at;
    at.move_to(at_port(9000));
    at.h.wants({at_port(8000)});
    at.w.run_for(20s);
    BOOST_TEST_REQUIRE(at.the_lease().assigned.port == 8000U, at.requests());
    at.gw.clear(vice::refuses_deletions);

    at.w.run_for(2h);

    BOOST_TEST(at.ports() == std::vector<std::uint16_t>{8000}, at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.leaving().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(it_is_not_deleted_where_another_mapping_has_come_to_it) {
    for (auto const unreadable : {false, true}) {
        moving at;
        if (unreadable) {
            at.gw.set(vice::upnp_read_error, 401);
        }
        at.move_to(at_port(9000));
        auto other = tcp(8001);
        other.suggested.port = 8000;
        other.exact = true;
        at.gw.forget();
        at.h.wants({at_port(9000), other});
        at.w.run_for(20s);
        BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
        at.gw.clear(vice::refuses_deletions);

        at.w.run_for(3h);

        BOOST_TEST(at.gw.find_external(transport::tcp, 8000) != nullptr, at.requests());
        BOOST_TEST(at.h.holds("tcp-8001"), at.requests());
        BOOST_TEST(at.leaving().empty(), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(what_another_run_wants_elsewhere_is_left_behind_likewise) {
    moving at;
    at.h.crash();
    at.h.start();

    at.move_to(at_port(9000));
    BOOST_TEST(at.leaving().size() == 1U, at.requests());
    at.gw.clear(vice::refuses_deletions);
    at.w.run_for(2min);

    BOOST_TEST(at.ports() == std::vector<std::uint16_t>{9000}, at.requests());
}

BOOST_AUTO_TEST_CASE(a_pair_that_parts_leaves_nothing_behind) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.gw.set(vice::refuses_deletions, 501);
    gateway_mapping foreign;
    foreign.protocol = static_cast<std::uint8_t>(transport::udp);
    foreign.internal = {boost::asio::ip::make_address("192.168.1.66"), 8000};
    foreign.external = {boost::asio::ip::make_address("203.0.113.7"), 8000};
    foreign.via = dialect_id::igd;
    foreign.expires = time_point::max();
    at.gw.put(foreign);
    std::vector<mapping> pair{tcp(8000), udp(8000)};
    for (auto& each : pair) {
        each.paired = true;
    }
    at.hold(pair);
    BOOST_TEST_REQUIRE(at.gw.table().size() == 4U, at.requests());
    at.gw.clear(vice::refuses_deletions);

    at.w.run_for(2min);

    auto const port = at.the_lease().assigned.port;
    BOOST_TEST(port != 8000U);
    BOOST_TEST(at.gw.table().size() == 3U, at.requests());
    BOOST_TEST(at.gw.find_external(transport::tcp, port) != nullptr, at.requests());
    BOOST_TEST(at.gw.find_external(transport::udp, port) != nullptr, at.requests());
}

BOOST_AUTO_TEST_CASE(what_lets_in_more_than_is_allowed_now_is_deleted_later) {
    moving at;
    auto wish = tcp(8000);
    wish.allow = {*parse_remote_prefix("198.51.100.7")};
    at.h.wants({wish});
    at.w.run_for(20s);
    auto const rows = at.leaving();
    BOOST_TEST_REQUIRE(rows.size() == 1U, at.requests());
    BOOST_TEST(rows.front().mapping.allow.empty());
    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    auto const tries = at.count(request_kind::remove);
    at.gw.clear(vice::refuses_deletions);

    at.w.run_for(2min);

    BOOST_TEST(at.count(request_kind::remove) > tries, at.requests());
    BOOST_TEST(at.leaving().empty(), at.requests());
    // The gateway has one entry a port: what has gone with it has been made again.
    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
