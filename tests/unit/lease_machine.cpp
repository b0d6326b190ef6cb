// SPDX-License-Identifier: MIT
#include "engine/lease_machine.hpp"

#include "dialect/dialect.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using pmp::event_kind;
using pmp::lease_state;

pmp::mapping ssh() {
    pmp::mapping m;
    m.name = "ssh";
    m.internal.port = 22;
    m.suggested.port = 2222;
    return m;
}

struct fixture {
    pmp::patience pcp() const { return pmp::find_dialect(pmp::dialect_id::pcp)->patience(); }
    pmp::patience nat_pmp() const {
        return pmp::find_dialect(pmp::dialect_id::nat_pmp)->patience();
    }

    pmp::grant grants(std::uint16_t port, std::chrono::seconds lifetime = 1000s) const {
        pmp::grant g;
        g.assigned = {boost::asio::ip::make_address("203.0.113.7"), port};
        g.lifetime = lifetime;
        return g;
    }

    void request() {
        machine.gateway_ready({});
        machine.sent(pcp(), dice, now);
    }

    void hold(std::uint16_t port = 2222, std::chrono::seconds lifetime = 1000s) {
        request();
        machine.granted(grants(port, lifetime), dice, now);
    }

    pmp::effects wait_for_timer() {
        now = machine.due();
        return machine.timer(dice, now);
    }

    bool is(lease_state expected) const { return machine.state() == expected; }

    pmp::mapping wish = ssh();
    pmp::lease_machine machine{wish};
    pmp::dice dice{1};
    pmp::time_point now{1h};
};

bool tells(pmp::effects const& e, event_kind kind) {
    return e.happened && e.happened->kind == kind;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lease_machine, fixture)

BOOST_AUTO_TEST_CASE(asks_for_its_wish_once_a_gateway_is_ready) {
    auto const out = machine.gateway_ready({});

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::requesting));
    BOOST_TEST(machine.request().suggested.port == 2222);
    BOOST_TEST(machine.request().lifetime.count() == 7200);
}

BOOST_AUTO_TEST_CASE(suggests_what_was_assigned_before) {
    machine.gateway_ready(grants(4000).assigned);

    BOOST_TEST(machine.request().suggested.port == 4000);
}

BOOST_AUTO_TEST_CASE(acquires_when_granted) {
    request();

    auto const out = machine.granted(grants(2222), dice, now);

    BOOST_TEST(tells(out, event_kind::acquired));
    BOOST_TEST(is(lease_state::held));
    BOOST_TEST((machine.due() >= now + 500s && machine.due() <= now + 625s));
}

BOOST_AUTO_TEST_CASE(asks_again_when_unanswered) {
    request();

    auto const out = wait_for_timer();

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::requesting));
}

BOOST_AUTO_TEST_CASE(waits_as_long_as_told_when_refused) {
    request();

    auto const out = machine.refused(pmp::pcp_result::no_resources, 30s, now);

    BOOST_TEST(tells(out, event_kind::refused));
    BOOST_TEST((out.happened->error == pmp::pcp_result::no_resources));
    BOOST_TEST(is(lease_state::waiting));
    BOOST_TEST((machine.due() == now + 30s));
    BOOST_TEST(wait_for_timer().ask);
    BOOST_TEST(is(lease_state::requesting));
}

BOOST_AUTO_TEST_CASE(keeps_the_last_refusal_until_the_next_grant) {
    request();
    machine.refused(pmp::pcp_result::no_resources, 30s, now);
    BOOST_TEST((machine.stands().error == pmp::pcp_result::no_resources));

    wait_for_timer();
    machine.sent(pcp(), dice, now);
    machine.granted(grants(2222), dice, now);

    BOOST_TEST(!machine.stands().error);
}

BOOST_AUTO_TEST_CASE(renews_with_the_assigned_endpoint) {
    hold(4000);

    auto const out = wait_for_timer();

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::renewing));
    BOOST_TEST(machine.request().suggested.port == 4000);
}

BOOST_AUTO_TEST_CASE(is_renewed_by_the_same_endpoint_and_keeps_its_age) {
    hold();
    auto const begin = now;
    wait_for_timer();
    machine.sent(pcp(), dice, now);

    auto const out = machine.granted(grants(2222), dice, now);

    BOOST_TEST(tells(out, event_kind::renewed));
    BOOST_TEST((out.happened->lease->acquired == begin));
    BOOST_TEST((out.happened->lease->expires == now + 1000s));
}

BOOST_AUTO_TEST_CASE(is_changed_by_another_endpoint) {
    hold();
    wait_for_timer();
    machine.sent(pcp(), dice, now);

    auto const out = machine.granted(grants(4000), dice, now);

    BOOST_TEST(tells(out, event_kind::changed));
    BOOST_TEST(out.happened->was->port == 2222);
    BOOST_TEST(out.happened->lease->assigned.port == 4000);
}

BOOST_AUTO_TEST_CASE(renews_once_a_window_in_pcp) {
    hold();
    auto const begin = now;
    std::vector<double> sends;

    while (wait_for_timer().ask && is(lease_state::renewing)) {
        sends.push_back(std::chrono::duration<double>(now - begin).count());
        machine.sent(pcp(), dice, now);
    }

    std::vector<double> const windows{500, 750, 875, 937.5, 968.75, 984.375, 992.1875};
    BOOST_TEST(sends.size() == windows.size());
    for (std::size_t i = 0; i < sends.size(); ++i) {
        BOOST_TEST(sends[i] >= windows[i]);
        BOOST_TEST((i == 0 || sends[i] >= sends[i - 1] + 4));
    }
    BOOST_TEST(is(lease_state::requesting));
    BOOST_TEST((now == begin + 1000s));
}

BOOST_AUTO_TEST_CASE(retransmits_renewals_in_nat_pmp) {
    hold();
    wait_for_timer();
    machine.sent(nat_pmp(), dice, now);
    auto const first = now;

    BOOST_TEST(wait_for_timer().ask);

    BOOST_TEST((now == first + 250ms));
}

BOOST_AUTO_TEST_CASE(tries_the_next_window_when_the_patience_of_a_renewal_is_spent) {
    hold();
    auto const begin = now;
    do {
        machine.sent(nat_pmp(), dice, now);
    } while (wait_for_timer().ask && now < begin + 749s);

    BOOST_TEST(is(lease_state::renewing));
    BOOST_TEST((machine.due() >= begin + 750s && machine.due() <= begin + 813s));
}

BOOST_AUTO_TEST_CASE(loses_an_expired_lease_and_asks_at_once) {
    hold();
    now += 1000s;

    auto const out = machine.timer(dice, now);

    BOOST_TEST(tells(out, event_kind::lost));
    BOOST_TEST((out.happened->reason == pmp::lost_reason::expired));
    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::requesting));
}

BOOST_AUTO_TEST_CASE(does_not_ask_more_often_than_every_four_seconds_for_tiny_leases) {
    hold(2222, 1s);
    auto const begin = now;

    auto const out = wait_for_timer();

    BOOST_TEST(tells(out, event_kind::lost));
    BOOST_TEST(!out.ask);
    BOOST_TEST(wait_for_timer().ask);
    BOOST_TEST((now == begin + 4s));
}

BOOST_AUTO_TEST_CASE(keeps_a_refused_lease_until_it_expires) {
    hold();
    wait_for_timer();
    machine.sent(pcp(), dice, now);

    auto const out = machine.refused(pmp::pcp_result::no_resources, 30s, now);

    BOOST_TEST(tells(out, event_kind::refused));
    BOOST_TEST(is(lease_state::renewing));
    BOOST_TEST(machine.held().has_value());
}

BOOST_AUTO_TEST_CASE(is_not_held_while_it_is_being_recovered) {
    hold();

    machine.state_lost(now + 3s, now);

    BOOST_TEST(is(lease_state::recovering));
    BOOST_TEST((machine.due() == now + 3s));
}

BOOST_AUTO_TEST_CASE(recovers_with_the_same_endpoint) {
    hold(4000);
    machine.state_lost(now + 3s, now);

    auto const out = wait_for_timer();

    BOOST_TEST(out.ask);
    BOOST_TEST(machine.request().suggested.port == 4000);
    machine.sent(pcp(), dice, now);
    auto const made = machine.granted(grants(4000), dice, now);
    BOOST_TEST(tells(made, event_kind::renewed));
    BOOST_TEST(made.happened->recovered);
    BOOST_TEST(is(lease_state::held));
}

BOOST_AUTO_TEST_CASE(is_lost_when_recovery_is_refused) {
    hold();
    machine.state_lost(now, now);
    wait_for_timer();
    machine.sent(pcp(), dice, now);

    auto const out = machine.refused(pmp::pcp_result::not_authorized, 300s, now);

    BOOST_TEST(tells(out, event_kind::lost));
    BOOST_TEST((out.happened->reason == pmp::lost_reason::revoked));
    BOOST_TEST(is(lease_state::waiting));
}

BOOST_AUTO_TEST_CASE(asks_at_once_when_a_gateway_that_refused_has_restarted) {
    request();
    machine.refused(pmp::pcp_result::not_authorized, 3600s, now);

    machine.state_lost(now + 2s, now);

    BOOST_TEST((machine.due() == now + 2s));
}

BOOST_AUTO_TEST_CASE(takes_an_unsolicited_change_as_if_it_had_asked) {
    hold();
    now += 60s;

    auto const out = machine.granted(grants(4000), dice, now);

    BOOST_TEST(tells(out, event_kind::changed));
    BOOST_TEST((machine.held()->expires == now + 1000s));
}

BOOST_AUTO_TEST_CASE(says_nothing_of_the_same_answer_twice) {
    hold();

    auto const out = machine.granted(grants(2222), dice, now + 10ms);

    BOOST_TEST(!out.happened.has_value());
    BOOST_TEST(is(lease_state::held));
}

BOOST_AUTO_TEST_CASE(takes_no_lifetime_of_zero_for_a_grant) {
    request();

    auto const out = machine.granted(grants(2222, 0s), dice, now);

    BOOST_TEST(!out.happened.has_value());
    BOOST_TEST(is(lease_state::requesting));
}

BOOST_AUTO_TEST_CASE(is_lost_and_idle_when_the_gateway_goes) {
    hold();

    auto const out = machine.gateway_gone();

    BOOST_TEST(tells(out, event_kind::lost));
    BOOST_TEST((out.happened->reason == pmp::lost_reason::gateway));
    BOOST_TEST(is(lease_state::idle));
    BOOST_TEST(!out.gone);
}

BOOST_AUTO_TEST_CASE(is_released_without_confirmation_when_the_gateway_goes_meanwhile) {
    hold();
    machine.retire();
    machine.sent(pcp(), dice, now);

    auto const out = machine.gateway_gone();

    BOOST_TEST(tells(out, event_kind::released));
    BOOST_TEST((out.happened->error == pmp::fault::gateway_silent));
    BOOST_TEST(out.gone);
}

BOOST_AUTO_TEST_CASE(asks_for_its_deletion_when_retired) {
    hold();

    auto const out = machine.retire();

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::releasing));
    BOOST_TEST(machine.request().lifetime.count() == 0);
    BOOST_TEST(machine.request().suggested.port == 0);
}

BOOST_AUTO_TEST_CASE(is_gone_once_its_deletion_is_confirmed) {
    hold();
    machine.retire();
    machine.sent(pcp(), dice, now);

    auto const out = machine.deleted({});

    BOOST_TEST(tells(out, event_kind::released));
    BOOST_TEST(out.gone);
}

BOOST_AUTO_TEST_CASE(tries_three_times_to_be_deleted) {
    hold();
    machine.retire();
    int sends = 0;
    pmp::effects out;
    do {
        machine.sent(nat_pmp(), dice, now);
        ++sends;
        out = wait_for_timer();
    } while (out.ask);

    BOOST_TEST(sends == 3);
    BOOST_TEST(out.gone);
    BOOST_TEST((out.happened->error == pmp::fault::gateway_silent));
}

BOOST_AUTO_TEST_CASE(is_gone_at_once_if_it_was_never_asked_for) {
    machine.gateway_ready({});

    auto const out = machine.retire();

    BOOST_TEST(out.gone);
    BOOST_TEST(!out.ask);
}

BOOST_AUTO_TEST_CASE(asks_again_when_it_is_desired_while_being_released) {
    hold();
    machine.retire();
    machine.sent(pcp(), dice, now);

    auto const out = machine.readjust(wish);

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::requesting));
}

BOOST_AUTO_TEST_CASE(releases_before_it_asks_for_another_port) {
    hold();
    wish.suggested.port = 3333;

    BOOST_TEST(machine.readjust(wish).ask);
    BOOST_TEST(is(lease_state::releasing));
    machine.sent(pcp(), dice, now);
    auto const out = machine.deleted({});

    BOOST_TEST(tells(out, event_kind::released));
    BOOST_TEST(!out.gone);
    BOOST_TEST(out.ask);
    BOOST_TEST(machine.request().suggested.port == 3333);
}

BOOST_AUTO_TEST_CASE(does_nothing_when_only_its_name_changes) {
    hold();
    wish.name = "shell";

    auto const out = machine.readjust(wish);

    BOOST_TEST(!out.ask);
    BOOST_TEST(is(lease_state::held));
    BOOST_TEST(machine.held()->mapping == "shell");
}

BOOST_AUTO_TEST_CASE(gives_back_a_port_that_is_not_the_exact_one) {
    wish.exact = true;
    machine.readjust(wish);
    request();

    auto const out = machine.granted(grants(4000), dice, now);

    BOOST_TEST(tells(out, event_kind::refused));
    BOOST_TEST((out.happened->error == pmp::fault::port_taken));
    BOOST_TEST(out.ask);
    BOOST_TEST(machine.request().lifetime.count() == 0);
    BOOST_TEST(is(lease_state::waiting));
}

BOOST_AUTO_TEST_CASE(asks_at_once_for_what_it_was_not_refused) {
    wish.exact = true;
    machine.readjust(wish);
    request();
    machine.granted(grants(4000), dice, now);
    machine.sent(pcp(), dice, now);
    machine.deleted({});

    wish.exact = false;
    auto const out = machine.readjust(wish);

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::requesting));
    BOOST_TEST(machine.request().suggested.port == 2222);
}

BOOST_AUTO_TEST_CASE(asks_for_what_it_was_not_refused_once_the_other_port_is_given_back) {
    wish.exact = true;
    machine.readjust(wish);
    request();
    machine.granted(grants(4000), dice, now);
    machine.sent(pcp(), dice, now);

    wish.suggested.port = 0;
    BOOST_TEST(!machine.readjust(wish).ask);
    BOOST_TEST(machine.request().lifetime.count() == 0);
    auto const out = machine.deleted({});

    BOOST_TEST(out.ask);
    BOOST_TEST(is(lease_state::requesting));
    BOOST_TEST(machine.request().lifetime.count() == 7200);
}

BOOST_AUTO_TEST_CASE(waits_on_when_another_name_is_all_that_differs_from_what_was_refused) {
    request();
    machine.refused(pmp::fault::foreign_entry, 300s, now);

    wish.name = "shell";
    wish.description = "of mine";

    BOOST_TEST(!machine.readjust(wish).ask);
    BOOST_TEST(is(lease_state::waiting));
}

BOOST_AUTO_TEST_CASE(forgets_the_port_it_had_when_it_was_refused_and_wishes_for_another) {
    hold();
    wish.allow = {{boost::asio::ip::make_address("198.51.100.0"), 24}};
    machine.readjust(wish);
    machine.sent(pcp(), dice, now);
    machine.deleted({});
    // Before it is asked.
    machine.refused(pmp::fault::no_filter, 300s, now);

    wish.allow.clear();
    wish.suggested.port = 3333;
    BOOST_TEST(machine.readjust(wish).ask);

    BOOST_TEST(machine.request().suggested.port == 3333);
}

BOOST_AUTO_TEST_CASE(asks_for_an_exact_port_again_after_a_pause) {
    wish.exact = true;
    machine.readjust(wish);
    request();
    machine.granted(grants(4000), dice, now);
    machine.sent(pcp(), dice, now);
    machine.deleted({});

    auto const begin = now;
    auto const out = wait_for_timer();

    BOOST_TEST((now == begin + 300s));
    BOOST_TEST(out.ask);
    BOOST_TEST(machine.request().suggested.port == 2222);
    BOOST_TEST(machine.request().lifetime.count() == 7200);
}

BOOST_AUTO_TEST_CASE(waits_when_a_limited_patience_is_spent_and_says_so_once) {
    machine.gateway_ready({});
    pmp::effects out;
    do {
        machine.sent(nat_pmp(), dice, now);
        out = wait_for_timer();
    } while (out.ask);

    BOOST_TEST(tells(out, event_kind::refused));
    BOOST_TEST((out.happened->error == pmp::fault::gateway_silent));
    BOOST_TEST(is(lease_state::waiting));
    wait_for_timer();
    do {
        machine.sent(nat_pmp(), dice, now);
        out = wait_for_timer();
    } while (out.ask);
    BOOST_TEST(!out.happened.has_value());
    BOOST_TEST(is(lease_state::waiting));
}

BOOST_AUTO_TEST_SUITE_END()
