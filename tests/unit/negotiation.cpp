// SPDX-License-Identifier: MIT
#include "engine/negotiation.hpp"

#include <boost/test/unit_test.hpp>

namespace {

struct fixture {
    pmp::dialect const& pcp = *pmp::find_dialect(pmp::dialect_id::pcp);
    pmp::dialect const& nat_pmp = *pmp::find_dialect(pmp::dialect_id::nat_pmp);
    pmp::negotiation both{{pmp::dialect_id::pcp, pmp::dialect_id::nat_pmp}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(negotiation, fixture)

BOOST_AUTO_TEST_CASE(opens_in_the_best_that_is_allowed) {
    BOOST_TEST(&both.opening() == &pcp);
    BOOST_TEST(&pmp::negotiation({pmp::dialect_id::nat_pmp}).opening() == &nat_pmp);
}

BOOST_AUTO_TEST_CASE(is_impossible_without_a_dialect_that_is_spoken_here) {
    BOOST_TEST(!pmp::negotiation({pmp::dialect_id::igd}).possible());
}

BOOST_AUTO_TEST_CASE(settles_for_what_is_answered) {
    BOOST_TEST(both.spoken() == nullptr);

    BOOST_TEST(both.answered(pcp));

    BOOST_TEST(both.spoken() == &pcp);
    BOOST_TEST(!both.answered(pcp));
}

BOOST_AUTO_TEST_CASE(goes_on_trying_the_best_where_it_was_denied) {
    BOOST_TEST(both.denied(pcp));

    BOOST_TEST(both.spoken() == &nat_pmp);
    BOOST_TEST(&both.opening() == &pcp);
    BOOST_TEST(both.on_trial(pcp));
}

BOOST_AUTO_TEST_CASE(spares_a_deaf_gateway_the_best_until_something_happens_to_it) {
    both.settle_for_fallback();
    BOOST_TEST(&both.opening() == &nat_pmp);

    both.reconsider();

    BOOST_TEST(&both.opening() == &pcp);
}

BOOST_AUTO_TEST_CASE(takes_three_failed_trials_for_deafness) {
    both.denied(pcp);

    both.trial_failed();
    both.trial_failed();
    BOOST_TEST(&both.opening() == &pcp);
    both.trial_failed();

    BOOST_TEST(&both.opening() == &nat_pmp);
}

BOOST_AUTO_TEST_CASE(returns_to_the_best_when_it_is_answered_after_all) {
    both.settle_for_fallback();

    BOOST_TEST(both.answered(pcp));

    BOOST_TEST(both.spoken() == &pcp);
}

BOOST_AUTO_TEST_CASE(learns_from_a_gateway_that_denies_the_fallback) {
    BOOST_TEST(both.denied(nat_pmp));

    BOOST_TEST(both.spoken() == &pcp);
}

BOOST_AUTO_TEST_SUITE_END()
