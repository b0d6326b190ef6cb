// SPDX-License-Identifier: MIT
#include "sim/upnp_home.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

// Which leases are asked for, which are believed, and whose they are.

namespace {

using namespace std::chrono_literals;
using namespace pmp;
using namespace pmp::test;

using lifetimes = std::vector<std::uint32_t>;

mapping for_two_days(std::uint16_t port) {
    auto m = tcp(port);
    m.lifetime = 48h;
    return m;
}

} // namespace

BOOST_AUTO_TEST_SUITE(upnp_leases)

BOOST_AUTO_TEST_CASE(the_lifetime_asked_for_comes_first) {
    upnp_home at;

    at.hold({for_two_days(8000)});

    BOOST_TEST(at.lifetimes_asked() == lifetimes{172800}, at.requests());
    BOOST_TEST(at.the_lease().lifetime.count() == 172800);
}

BOOST_AUTO_TEST_CASE(the_default_is_an_hour_unless_somebody_has_chosen_it) {
    for (auto const chosen : {false, true}) {
        upnp_home at;
        auto wish = tcp(8000);
        wish.lifetime_chosen = chosen;

        at.hold({wish});

        BOOST_TEST(at.the_lease().lifetime.count() == (chosen ? 7200 : 3600), at.requests());
    }
}

BOOST_AUTO_TEST_CASE(then_the_longest_of_all) {
    upnp_home at;
    at.gw.set(vice::only_lease, 604800);

    at.hold({for_two_days(8000)});

    BOOST_TEST((at.lifetimes_asked() == lifetimes{172800, 604800}), at.requests());
}

BOOST_AUTO_TEST_CASE(then_the_usual_one) {
    upnp_home at;
    at.gw.set(vice::only_lease, 3600);

    at.hold({for_two_days(8000)});

    BOOST_TEST((at.lifetimes_asked() == lifetimes{172800, 604800, 3600}), at.requests());
}

BOOST_AUTO_TEST_CASE(then_one_without_an_end) {
    upnp_home at;
    at.gw.set(vice::only_lease, 0);

    at.hold({for_two_days(8000)});

    BOOST_TEST((at.lifetimes_asked() == lifetimes{172800, 604800, 3600, 0}), at.requests());
    BOOST_TEST(at.the_lease().permanent);
}

BOOST_AUTO_TEST_CASE(version_2_is_asked_for_none_without_an_end) {
    upnp_home at(only_igd, only_igd, 2);
    at.gw.set(vice::only_lease, 0);
    at.h.wants({for_two_days(8000)});

    at.w.run_for(1min);

    // The usual one by both actions.
    BOOST_TEST(!at.h.holds("tcp-8000"));
    BOOST_TEST((at.lifetimes_asked() == lifetimes{172800, 604800, 3600, 3600}), at.requests());
}

BOOST_AUTO_TEST_CASE(what_worked_is_remembered_for_the_gateway) {
    for (auto const only : {604800, 3600, 0}) {
        upnp_home at;
        at.gw.set(vice::only_lease, only);
        at.hold({for_two_days(8000)});
        auto const before = at.lifetimes_asked().size();

        at.hold({for_two_days(8000), for_two_days(8001)});

        BOOST_TEST(at.lifetimes_asked().size() == before + 1, at.requests());
    }
}

BOOST_AUTO_TEST_CASE(permanent_leases_where_no_others_are_granted) {
    upnp_home at;
    at.gw.set(vice::permanent_only);

    at.hold({tcp(8000)});

    BOOST_TEST((at.lifetimes_asked() == lifetimes{3600, 0}), at.requests());
    BOOST_TEST(at.the_lease().permanent);
    at.w.run_for(20h);
    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(permanent_leases_are_deleted_at_the_end) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000), udp(8001)});

    at.h.stop();
    at.w.run_for(3s);

    BOOST_TEST(at.gw.table().empty(), at.requests());
    BOOST_TEST(at.h.saved().leases.empty());
}

BOOST_AUTO_TEST_CASE(permanent_leases_of_a_run_that_was_killed_are_deleted_by_the_next) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000), tcp(8001)});
    at.h.crash();
    BOOST_TEST(at.h.saved().leases.size() == 2U);
    at.w.run_for(240h);

    at.h.start();
    at.h.wants({tcp(8001)});
    at.w.run_for(1min);

    BOOST_TEST(at.h.holds("tcp-8001"), at.requests());
    BOOST_TEST(at.gw.find_external(transport::tcp, 8000) == nullptr, at.requests());
    BOOST_TEST(at.gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(permanent_leases_that_were_given_up_in_vain_are_deleted_once_they_can_be) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000), tcp(8001)});
    at.gw.switch_on(false);
    at.h.restart();
    at.w.run_for(10min);
    at.h.wants({tcp(8001)});
    at.w.run_for(1h);

    at.gw.switch_on();
    at.w.run_for(1h);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
}

BOOST_AUTO_TEST_CASE(permanent_leases_are_ended_in_upnp_though_better_is_spoken_by_now) {
    upnp_home at(only_igd, all_dialects);
    at.gw.set(vice::permanent_only);
    at.hold({tcp(8000)});
    at.h.crash();
    at.gw.set_protocols(all_dialects);

    at.h.start();
    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(permanent_leases_that_do_not_filter_are_deleted_by_the_next_run_too) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    auto wish = tcp(8000);
    wish.allow = {*parse_remote_prefix("198.51.100.0/24")};
    wish.allow_unfiltered = true;
    at.hold({wish});
    at.h.crash();

    at.h.start();
    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(leases_are_known_by_the_description_under_which_they_were_made) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    auto wish = tcp(8000);
    wish.description = "a server";
    at.hold({wish});
    wish.description = "the server";

    at.h.wants({wish});
    at.h.restart();
    at.w.run_for(24h);

    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    at.h.stop();
    at.w.run_for(3s);
    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(what_is_given_up_while_it_is_being_made_is_deleted) {
    upnp_home at;
    at.gw.set(vice::permanent_only);
    at.w.net().conditions().delay = 200ms;
    at.h.wants({tcp(8000)});
    while (at.count(request_kind::map) < 2) {
        at.w.run_for(10ms);
    }

    at.h.wants({});
    at.w.run_for(1min);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(leases_that_are_dropped_at_once_become_permanent) {
    upnp_home at;
    at.gw.set(vice::drops_leases);

    at.hold({tcp(8000)});

    BOOST_TEST(at.the_lease().permanent);
    BOOST_TEST(at.gw.holds(at.the_lease()));
}

BOOST_AUTO_TEST_CASE(a_grant_of_nothing_is_no_lease) {
    for (auto const version : {1U, 2U}) {
        upnp_home at(only_igd, only_igd, version);
        at.gw.set(vice::grants_nothing);
        at.h.wants({tcp(8000)});

        at.w.run_for(1h);

        BOOST_TEST(!at.h.holds("tcp-8000"), at.requests());
        BOOST_TEST((at.h.last(event_kind::refused)->error == fault::not_in_table));
        BOOST_TEST(at.h.count(event_kind::acquired) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(leases_that_are_not_extended_are_made_anew) {
    upnp_home at;
    at.gw.set(vice::lease_not_extended);
    at.hold({tcp(8000)});

    at.w.run_for(24h);

    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_told_only_shortens) {
    for (auto const told : {0, 60, 86400, 604800}) {
        upnp_home at;
        at.gw.set(vice::reports_lease, told);

        at.hold({tcp(8000)});

        auto const expected = told == 60 ? 60 : 3600;
        BOOST_TEST(at.the_lease().lifetime.count() == expected, told << '\n' << at.requests());
        at.w.run_for(12h);
        BOOST_TEST(at.h.count(event_kind::lost) == 0U, told << '\n' << at.h.history());
    }
}

BOOST_AUTO_TEST_CASE(leases_that_are_ignored_are_kept_and_deleted) {
    upnp_home at;
    at.gw.set(vice::lease_ignored);
    at.hold({tcp(8000)});
    at.w.run_for(12h);
    BOOST_TEST(at.h.count(event_kind::lost) == 0U);

    at.h.stop();
    at.w.run_for(3s);

    BOOST_TEST(at.gw.table().empty(), at.requests());
}

BOOST_AUTO_TEST_CASE(a_foreign_entry_is_never_overwritten_nor_deleted) {
    for (auto const version : {1U, 2U}) {
        upnp_home at(only_igd, only_igd, version);
        at.occupy(8000);

        at.hold({tcp(8000)});
        at.w.run_for(24h);

        BOOST_TEST(at.is_foreign(8000), at.requests());
        BOOST_TEST(at.the_lease().assigned.port != 8000U);
        at.h.stop();
        at.w.run_for(3s);
        BOOST_TEST(at.is_foreign(8000), at.requests());
        BOOST_TEST(at.gw.table().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(an_exact_port_that_another_has_is_refused) {
    upnp_home at;
    at.occupy(8000);
    auto exact = tcp(8000);
    exact.exact = true;
    at.h.wants({exact});

    at.w.run_for(1h);

    BOOST_TEST(!at.h.holds("tcp-8000"));
    BOOST_TEST((at.h.last(event_kind::refused)->error == reaction::port_taken), at.requests());
    BOOST_TEST(at.is_foreign(8000));
    BOOST_TEST(at.gw.table().size() == 1U, at.requests());
}

BOOST_AUTO_TEST_CASE(an_entry_that_has_become_foreign_is_left_alone) {
    upnp_home at;
    at.hold({tcp(8000)});
    at.gw.forget();
    at.occupy(8000);

    at.w.run_for(1h);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST(at.is_foreign(8000), at.requests());
    BOOST_TEST(at.h.count(event_kind::changed) == 1U, at.h.history());
    BOOST_TEST(at.w.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(its_own_entry_is_renewed_though_it_is_called_a_conflict) {
    upnp_home at;
    at.gw.set(vice::conflict_with_own);
    at.hold({tcp(8000)});

    at.w.run_for(24h);

    BOOST_TEST(at.the_lease().assigned.port == 8000U);
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(its_own_entry_of_a_run_that_was_killed_is_taken_over) {
    upnp_home at;
    at.gw.set(vice::conflict_with_own);
    at.hold({tcp(8000)});

    at.h.restart();
    at.w.run_for(10s);

    BOOST_TEST_REQUIRE(at.h.holds_all(), at.requests());
    BOOST_TEST(at.the_lease().assigned.port == 8000U);
    BOOST_TEST(at.gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(entries_are_known_though_their_descriptions_are_not_kept) {
    upnp_home at;
    at.gw.set(vice::other_descriptions);
    at.hold({tcp(8000)});

    at.w.run_for(24h);

    BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.h.history());
    BOOST_TEST(at.gw.table().size() == 1U);
}

BOOST_AUTO_TEST_CASE(both_ports_are_made_equal_where_the_gateway_wants_that) {
    upnp_home at;
    at.gw.set(vice::equal_ports_only);

    at.hold({tcp(8000, 9000)});

    BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
}

BOOST_AUTO_TEST_CASE(what_is_renewed_at_another_port_leaves_nothing_at_the_first) {
    for (auto const reads : {true, false}) {
        upnp_home at;
        at.gw.set(vice::permanent_only);
        if (!reads) {
            at.gw.set(vice::upnp_read_error, 501);
        }
        at.hold({tcp(8000, 9000)});
        at.gw.set(vice::equal_ports_only);

        at.w.run_for(2h);

        BOOST_TEST(at.the_lease().assigned.port == 8000U, at.requests());
        BOOST_TEST(at.gw.table().size() == 1U, at.requests());
    }
}

BOOST_AUTO_TEST_CASE(a_high_port_is_taken_where_low_ones_are_forbidden) {
    upnp_home at(only_igd, only_igd, 2);
    at.gw.set(vice::high_ports_only);

    at.hold({tcp(22)});

    BOOST_TEST(at.the_lease("tcp-22").assigned.port >= 1024U, at.requests());
}

BOOST_AUTO_TEST_CASE(protocols_are_written_in_capitals) {
    upnp_home at;
    at.gw.set(vice::lower_case_refused);

    at.hold({tcp(8000), udp(8001)});
}

BOOST_AUTO_TEST_CASE(version_2_gives_another_port_in_one_step) {
    upnp_home at(only_igd, only_igd, 2);
    at.gw.put(
        {6,
         {boost::asio::ip::make_address("192.168.1.10"), 23},
         {boost::asio::ip::make_address("203.0.113.7"), 9000},
         dialect_id::igd,
         {},
         time_point::max(),
         {},
         "pmpd tcp-8000"}
    );

    at.hold({tcp(8000, 9000)});

    BOOST_TEST(at.the_lease().assigned.port != 9000U);
    BOOST_TEST(at.gw.find_external(transport::tcp, 9000)->internal.port == 23U);
    at.w.run_for(24h);
    BOOST_TEST(at.h.count(event_kind::changed) == 0U, at.requests());
    BOOST_TEST(at.gw.table().size() == 2U);
}

BOOST_AUTO_TEST_CASE(version_2_without_its_action_is_used_like_version_1) {
    upnp_home at(only_igd, only_igd, 2);
    at.gw.set(vice::upnp_add_any_error, 401);

    at.hold({tcp(8000), tcp(8001)});

    BOOST_TEST(at.lifetimes_asked().size() == 3U, at.requests());
}

BOOST_AUTO_TEST_CASE(no_error_of_any_action_makes_a_storm) {
    for (auto const code : {401, 402, 501, 600, 601, 602, 603, 604, 605, 606, 715,
                            716, 718, 724, 725, 726, 727, 728, 729, 732, 899}) {
        for (auto const action :
             {vice::refuses,
              vice::upnp_error,
              vice::upnp_read_error,
              vice::upnp_add_any_error,
              vice::upnp_status_error,
              vice::upnp_address_error,
              vice::refuses_deletions}) {
            upnp_home at(only_igd, only_igd, action == vice::upnp_add_any_error ? 2 : 1);
            at.gw.set(action, code);

            at.h.wants({tcp(8000)});
            at.w.run_for(2h);

            // Whether it is connected is asked every half minute, and that is two questions.
            auto const most = at.h.holds_all() ? 70U : 500U;
            BOOST_TEST(
                at.h.traffic().fetches <= most,
                code << ' ' << describe(action).name << ' ' << at.h.traffic().fetches << '\n'
                     << at.requests()
            );
            BOOST_TEST(at.w.broken_promises() == "", code << ' ' << describe(action).name);
        }
    }
}

BOOST_AUTO_TEST_CASE(version_2_grants_a_week_in_place_of_a_lease_without_an_end) {
    upnp_home at(only_igd, only_igd, 2);
    at.gw.set(vice::permanent_only);

    at.hold({tcp(8000)});

    BOOST_TEST(!at.the_lease().permanent, at.requests());
    BOOST_TEST((at.the_lease().lifetime == 168h), at.requests());
    at.w.run_for(720h);
    BOOST_TEST(at.h.holds_all(), at.requests());
    BOOST_TEST(at.h.count(event_kind::lost) == 0U, at.h.history());
    BOOST_TEST(at.gw.holds(at.the_lease()), at.requests());
}

BOOST_AUTO_TEST_SUITE_END()
