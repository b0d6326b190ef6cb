// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

// Entries that the gateway keeps, and lets nothing in by.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

/// As somebody does by the router's own pages.
void disable_all(upnp_home& at) {
    for (auto entry : at.gw.table()) {
        entry.enabled = false;
        at.gw.put(entry);
    }
}

bool is_enabled(upnp_home const& at, std::uint16_t port) {
    auto const* found = at.gw.find_external(transport::tcp, port);
    return found != nullptr && found->enabled;
}

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_disabled)

BOOST_AUTO_TEST_CASE(what_is_made_and_stays_disabled_is_a_failure) {
    upnp_home at;
    at.gw.set(vice::disabled_entries);
    at.h.wants({tcp(8000)});

    at.w.run_for(10s);

    BOOST_TEST_REQUIRE(at.h.count(event_kind::refused) == 1U, at.requests());
    BOOST_TEST((at.h.last(event_kind::refused)->error == fault::entry_disabled), at.requests());
    BOOST_TEST(at.count(request_kind::map) == 2U, at.requests());
    BOOST_TEST(at.gw.table().empty(), at.requests());
    at.gw.clear(vice::disabled_entries);
    at.w.run_for(15min);
    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(is_enabled(at, 8000), at.requests());
}

BOOST_AUTO_TEST_CASE(what_is_disabled_later_is_made_anew) {
    upnp_home at;
    at.hold({tcp(8000)});
    disable_all(at);

    at.w.run_for(11min);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(is_enabled(at, 8000), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_enabled_again_is_lost) {
    for (auto const verify : {0s, 600s}) {
        engine_settings settings;
        settings.verify = verify;
        upnp_home at(only_igd, only_igd, 1, settings);
        at.hold({tcp(8000)});
        at.gw.set(vice::disabled_entries);
        disable_all(at);

        at.w.run_for(50min);

        BOOST_TEST(!at.h.holds("tcp-8000"), at.requests());
        BOOST_TEST_REQUIRE(at.h.count(event_kind::lost) == 1U, at.requests());
        BOOST_TEST((at.h.last(event_kind::lost)->error == fault::entry_disabled), at.requests());
        BOOST_TEST(at.gw.table().empty(), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_deleted_either_is_deleted_later) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.gw.set(vice::disabled_entries);
    at.gw.set(vice::refuses_deletions, 501);
    at.h.wants({tcp(8000)});
    at.w.run_for(30min);
    BOOST_TEST_REQUIRE(at.gw.table().size() == 1U, at.requests());

    at.h.wants({});
    at.w.run_for(1min);
    at.gw.clear(vice::refuses_deletions);
    at.w.run_for(5min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
