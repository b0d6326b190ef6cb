// SPDX-License-Identifier: MIT
#include "cli/table.hpp"

#include <boost/test/unit_test.hpp>

using namespace pmp::cli;

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(align_their_columns) {
    table rows(2);
    rows.add({"a", "long word", "x"});
    rows.add({"abc", "w"});

    BOOST_TEST(rows.text() == "  a    long word  x\n  abc  w\n");
}

BOOST_AUTO_TEST_CASE(count_characters_and_not_bytes) {
    table rows;
    rows.add({"\xc3\xa4", "x"});
    rows.add({"bb", "y"});

    BOOST_TEST(rows.text() == "\xc3\xa4   x\nbb  y\n");
}

BOOST_AUTO_TEST_CASE(show_nothing_that_moves_a_cursor) {
    BOOST_TEST(printable("a\x1b[2Jb\xff\n\xc3\xa4") == "a?[2Jb??\xc3\xa4");
}

BOOST_AUTO_TEST_SUITE_END()
