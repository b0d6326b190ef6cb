// SPDX-License-Identifier: MIT
#include "config/suggest.hpp"

#include <boost/test/unit_test.hpp>

namespace {

std::vector<std::string_view> const words = {
    "name", "protocol", "internal", "warn", "tcp", "nat-pmp"};

std::string_view meant_by(std::string_view word) {
    return pmp::config::nearest(word, words).value_or("");
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_suggestions)

BOOST_AUTO_TEST_CASE(mend_letters_that_are_missing_added_wrong_or_swapped) {
    BOOST_TEST(meant_by("protcol") == "protocol");
    BOOST_TEST(meant_by("protoccol") == "protocol");
    BOOST_TEST(meant_by("pratocol") == "protocol");
    BOOST_TEST(meant_by("portocol") == "protocol");
    BOOST_TEST(meant_by("nmae") == "name");
    BOOST_TEST(meant_by("natpmp") == "nat-pmp");
}

BOOST_AUTO_TEST_CASE(overlook_letter_case) {
    BOOST_TEST(meant_by("TCP") == "tcp");
}

BOOST_AUTO_TEST_CASE(complete_and_shorten_words) {
    BOOST_TEST(meant_by("proto") == "protocol");
    BOOST_TEST(meant_by("internal_port") == "internal");
    BOOST_TEST(meant_by("warning") == "warn");
}

BOOST_AUTO_TEST_CASE(are_not_made_where_nothing_is_near) {
    for (auto const* word : {"", "x", "na", "udp6", "colour", "exterior"})
        BOOST_TEST(meant_by(word) == "", word);
    BOOST_TEST(meant_by(std::string(100'000, 'n')) == "");
}

BOOST_AUTO_TEST_CASE(list_alternatives_in_words) {
    BOOST_TEST(pmp::config::alternatives({"a"}) == "a");
    BOOST_TEST(pmp::config::alternatives({"a", "b"}) == "a or b");
    BOOST_TEST(pmp::config::alternatives({"a", "b", "c"}) == "a, b or c");
}

BOOST_AUTO_TEST_SUITE_END()
