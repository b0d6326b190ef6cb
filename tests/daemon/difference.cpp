// SPDX-License-Identifier: MIT
#include "daemon/difference.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(difference)

namespace {

pmp::config::configuration with_mappings(std::vector<std::string> const& names) {
    pmp::config::configuration out;
    for (auto const& each : names) {
        pmp::mapping one;
        one.name = each;
        out.mappings.push_back(one);
    }
    return out;
}

std::string
between(pmp::config::configuration const& before, pmp::config::configuration const& after) {
    return to_text(pmpd::narrate_reload(pmpd::changes_between(before, after), "/etc/pmpd.yaml"));
}

} // namespace

BOOST_AUTO_TEST_CASE(of_equal_files_is_said_to_be_none) {
    auto const same = with_mappings({"a"});

    BOOST_TEST(between(same, same) == "reloaded /etc/pmpd.yaml: nothing changed");
}

BOOST_AUTO_TEST_CASE(counts_and_names_mappings) {
    auto const before = with_mappings({"a", "b", "c"});
    auto after = with_mappings({"b", "d", "e"});
    after.mappings.front().lifetime = std::chrono::seconds(60);

    BOOST_TEST(
        between(before, after) == "reloaded /etc/pmpd.yaml: 2 mappings added, 2 removed, 1 changed "
                                  "added=d,e removed=a,c changed=b"
    );
}

BOOST_AUTO_TEST_CASE(knows_the_singular) {
    BOOST_TEST(
        between(with_mappings({}), with_mappings({"a"})) ==
        "reloaded /etc/pmpd.yaml: 1 mapping added added=a"
    );
}

BOOST_AUTO_TEST_CASE(names_gateways_and_settings) {
    auto const before = with_mappings({});
    auto after = before;
    after.gateways.front().interface = "eth1";
    after.release_on_exit = false;

    BOOST_TEST(
        between(before, after) ==
        "reloaded /etc/pmpd.yaml: 1 gateway changed; settings changed gateways_changed=default"
    );
}

BOOST_AUTO_TEST_CASE(of_thousands_of_mappings_stays_readable) {
    std::vector<std::string> names;
    names.reserve(1000);
    for (int i = 0; i < 1000; ++i) {
        names.push_back("m" + std::to_string(i));
    }

    auto const text = between(with_mappings({}), with_mappings(names));

    BOOST_TEST(
        text == "reloaded /etc/pmpd.yaml: 1000 mappings added "
                "added=m0,m1,m2,m3,m4,m5,m6,m7,m8,m9,+990"
    );
}

BOOST_AUTO_TEST_SUITE_END()
