// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

// Three protocols, of which a gateway may speak any: the first that works is used.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

struct race : upnp_home {
    explicit race(std::vector<dialect_id> const& spoken) : upnp_home(spoken, all_dialects) {
        h.wants({tcp(8000)});
    }

    std::size_t mappings() const { return gw.table().size(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_race)

BOOST_AUTO_TEST_CASE(pcp_is_used_at_once_where_all_are_spoken) {
    race at(all_dialects);

    at.w.run_for(50ms);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::pcp));
    BOOST_TEST(at.h.traffic().searches > 0U);
    at.w.run_for(1min);
    BOOST_TEST(at.mappings() == 1U, at.requests());
    BOOST_TEST(at.count(request_kind::map) == 0U, at.requests());
}

BOOST_AUTO_TEST_CASE(nat_pmp_is_used_on_the_version_answer) {
    race at({dialect_id::nat_pmp, dialect_id::igd});

    at.w.run_for(50ms);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::nat_pmp));
}

BOOST_AUTO_TEST_CASE(nat_pmp_is_used_after_250_ms_of_silence) {
    upnp_home at({dialect_id::nat_pmp, dialect_id::igd}, all_dialects);
    at.gw.set(vice::ignores_version_2);
    at.h.wants({tcp(8000)});

    at.w.run_for(1s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::nat_pmp));
    at.w.run_for(1min);
    BOOST_TEST(at.count(request_kind::map) == 0U, at.requests());
}

BOOST_AUTO_TEST_CASE(upnp_is_used_where_nothing_else_answers) {
    race at(only_igd);

    at.w.run_for(3s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd));
    BOOST_TEST((at.the_lease().verified == verification::read_back));
}

BOOST_AUTO_TEST_CASE(upnp_is_used_where_the_port_of_the_others_is_closed) {
    race at(only_igd);
    at.gw.close_port();

    at.w.run_for(4s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd));
}

BOOST_AUTO_TEST_CASE(a_closed_port_is_told_of_once_the_search_has_ended) {
    race at({});
    at.gw.close_port();

    at.w.run_for(5s);

    auto const refused = at.h.last(event_kind::refused);
    BOOST_TEST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->error == fault::gateway_unreachable), at.h.history());
    // A device may take its two seconds (MX) to answer what was sent last.
    BOOST_TEST((refused->at - (at.w.now() - at.w.elapsed()) >= 3s), at.h.history());
}

BOOST_AUTO_TEST_CASE(upnp_is_used_where_that_port_closes_amid_a_conversation) {
    race at({dialect_id::nat_pmp, dialect_id::igd});
    at.w.run_for(2500us);

    at.gw.close_port();
    at.w.run_for(10s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd));
    BOOST_TEST(at.h.traffic().sent <= 6U);
}

BOOST_AUTO_TEST_CASE(the_order_of_the_protocols_outweighs_speed) {
    upnp_home at(all_dialects, {dialect_id::igd, dialect_id::pcp});
    at.h.wants({tcp(8000)});

    at.w.run_for(10s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd));
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
}

BOOST_AUTO_TEST_CASE(nothing_is_searched_where_upnp_is_not_allowed) {
    upnp_home at(all_dialects, {dialect_id::pcp, dialect_id::nat_pmp});

    at.hold({tcp(8000)});

    BOOST_TEST(at.h.traffic().searches == 0U);
    BOOST_TEST(at.h.traffic().fetches == 0U);
}

BOOST_AUTO_TEST_CASE(a_better_protocol_takes_over_at_a_renewal) {
    race at(only_igd);
    at.w.run_for(10s);
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::igd), at.requests());

    at.gw.set_protocols(all_dialects);
    at.w.run_for(10min);
    BOOST_TEST((at.the_lease().via == dialect_id::igd), "not before a renewal");
    at.w.run_for(3h);

    BOOST_TEST((at.the_lease().via == dialect_id::pcp), at.requests());
    BOOST_TEST(at.the_lease().assigned.port == 8000U);
    BOOST_TEST(at.mappings() == 1U, at.requests());
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_better_protocol_does_not_take_over_with_another_port) {
    race at(only_igd);
    at.w.run_for(10s);
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::igd), at.requests());

    at.gw.set_protocols(all_dialects);
    at.gw.set(vice::grants_other_port_each_renewal);
    at.w.run_for(5h);

    BOOST_TEST((at.the_lease().via == dialect_id::igd), at.requests());
    BOOST_TEST(at.the_lease().assigned.port == 8000U);
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_CASE(another_protocol_is_found_when_that_of_the_lease_is_gone) {
    race at(all_dialects);
    at.w.run_for(10s);
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::pcp), at.requests());

    at.gw.set_protocols(only_igd);
    at.gw.forget();
    at.w.run_for(4h);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd), at.requests());
    BOOST_TEST(at.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(another_protocol_is_found_before_a_lease_ends_that_is_not_renewed) {
    race at(all_dialects);
    at.w.run_for(10s);
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::pcp), at.requests());

    at.gw.set_protocols(only_igd);
    at.gw.forget();
    at.w.run_for(1h + 55min);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd), at.requests());
    BOOST_TEST(at.mappings() == 1U);
}

BOOST_AUTO_TEST_CASE(a_restart_that_leaves_upnp_alone_is_made_good_within_half_a_minute) {
    race at(all_dialects);
    at.w.run_for(10s);
    BOOST_TEST_REQUIRE((at.the_lease().via == dialect_id::pcp), at.requests());

    at.gw.set_protocols(only_igd);
    at.gw.reboot();
    at.w.run_for(30s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST((at.the_lease().via == dialect_id::igd), at.requests());
    BOOST_TEST(at.the_lease().assigned.port == 8000U);
}

BOOST_AUTO_TEST_SUITE_END()
