// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// Deletions that a gateway refuses, or does not answer.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// Nothing is wanted any more, and the gateway refuses to delete it.
struct refusing : upnp_home {
    explicit refusing(int code = 501, bool permanent = true) {
        if (permanent) {
            gw.set(vice::permanent_only);
        }
        hold({tcp(8000)});
        gw.set(vice::refuses_deletions, code);
        h.wants({});
        w.run_for(10s);
        BOOST_TEST_REQUIRE(gw.table().size() == 1U, requests());
    }

    std::vector<standing> rows() const { return h.engine().standings(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_deletions)

BOOST_AUTO_TEST_CASE(what_was_not_deleted_is_deleted_later) {
    for (auto const code : {402, 500, 501, 606}) {
        for (auto const permanent : {false, true}) {
            BOOST_TEST_CONTEXT("error " << code << (permanent ? ", permanent" : "")) {
                refusing at(code, permanent);
                at.gw.clear(vice::refuses_deletions);

                at.w.run_for(2min);

                BOOST_TEST(at.gw.table().empty(), at.requests());
                BOOST_TEST(at.rows().empty(), at.requests());
                BOOST_TEST(at.h.count(event_kind::released) == 2U, at.h.history());
                BOOST_TEST(!at.h.last(event_kind::released)->error, at.h.history());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(until_then_it_is_told_among_the_mappings) {
    refusing at;

    BOOST_TEST_REQUIRE(at.rows().size() == 1U, at.requests());
    auto const row = at.rows().front();
    BOOST_TEST(row.mapping.name == "tcp-8000");
    BOOST_TEST((row.state == lease_state::releasing));
    BOOST_TEST((row.error == upnp_result::action_failed));
    BOOST_TEST_REQUIRE((row.lease && row.retry_at));
    BOOST_TEST(row.lease->assigned.port == 8000U);
    BOOST_TEST((*row.retry_at > at.w.now()));
    BOOST_TEST((at.h.last(event_kind::released)->retry_after >= 60s), at.h.history());
}

BOOST_AUTO_TEST_CASE(it_is_tried_less_and_less_often_and_told_once) {
    refusing at;

    at.w.run_for(24h);

    auto const tries = at.count(request_kind::remove);
    BOOST_TEST(tries >= 20U, at.requests());
    BOOST_TEST(tries <= 40U, at.requests());
    BOOST_TEST(at.h.count(event_kind::released) == 1U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_lease_that_has_ended_is_not_deleted_any_more) {
    refusing at(501, false);

    at.w.run_for(2h);

    auto const tries = at.count(request_kind::remove);
    BOOST_TEST(at.rows().empty(), at.requests());
    at.w.run_for(4h);
    BOOST_TEST(at.count(request_kind::remove) == tries, at.requests());
}

BOOST_AUTO_TEST_CASE(what_is_wished_for_again_is_not_deleted) {
    refusing at;

    at.hold({tcp(8000)});
    at.gw.clear(vice::refuses_deletions);
    at.w.run_for(4h);

    BOOST_TEST(at.rows().size() == 1U, at.requests());
    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(a_gateway_that_did_not_answer_is_asked_again) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000)});
    at.gw.set(vice::silent);
    at.h.wants({});
    at.w.run_for(10min);
    BOOST_TEST_REQUIRE(at.h.engine().standings().size() == 1U, at.requests());

    at.gw.clear(vice::silent);
    at.w.run_for(1h + 10min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_stop_tries_again_and_the_next_run_too) {
    refusing at;

    at.h.stop();
    at.w.run_for(3s);
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    BOOST_TEST(at.h.last(event_kind::released)->error, at.h.history());
    at.gw.clear(vice::refuses_deletions);
    at.h.start();
    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
