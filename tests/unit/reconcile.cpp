// SPDX-License-Identifier: MIT
#include "engine/reconcile.hpp"

#include <boost/test/unit_test.hpp>

namespace {

pmp::mapping tcp(std::uint16_t port, std::string const& name) {
    pmp::mapping m;
    m.name = name;
    m.internal.port = port;
    return m;
}

pmp::mappings_by_key keyed(std::vector<pmp::mapping> const& all) {
    pmp::mappings_by_key out;
    for (auto const& m : all) {
        out.emplace(pmp::key_of(m), m);
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reconcile)

BOOST_AUTO_TEST_CASE(finds_nothing_to_do_where_all_is_as_desired) {
    auto const same = keyed({tcp(1, "a"), tcp(2, "b")});

    auto const todo = pmp::reconcile(same, same);

    BOOST_TEST(todo.create.empty());
    BOOST_TEST(todo.retire.empty());
    BOOST_TEST(todo.readjust.empty());
}

BOOST_AUTO_TEST_CASE(creates_retires_and_readjusts) {
    auto const desired = keyed({tcp(1, "a"), tcp(3, "c"), tcp(4, "renamed")});
    auto const actual = keyed({tcp(1, "a"), tcp(2, "b"), tcp(4, "d")});

    auto const todo = pmp::reconcile(desired, actual);

    BOOST_TEST_REQUIRE(todo.create.size() == 1U);
    BOOST_TEST(todo.create[0].name == "c");
    BOOST_TEST_REQUIRE(todo.retire.size() == 1U);
    BOOST_TEST(todo.retire[0].internal.port == 2);
    BOOST_TEST_REQUIRE(todo.readjust.size() == 1U);
    BOOST_TEST(todo.readjust[0].name == "renamed");
}

BOOST_AUTO_TEST_SUITE_END()
