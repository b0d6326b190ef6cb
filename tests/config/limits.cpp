// SPDX-License-Identifier: MIT
#include "parsing.hpp"

namespace {

std::string file_with(std::size_t count) {
    std::string yaml = "mappings:\n";
    for (std::size_t i = 1; i <= count; ++i)
        yaml += "  - {name: m" + std::to_string(i) +
                ", protocol: tcp, internal: " + std::to_string(i) + "}\n";
    return yaml;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_limits)

BOOST_AUTO_TEST_CASE(allow_ten_thousand_mappings) {
    BOOST_TEST(accepted(file_with(10'000)).mappings.size() == 10'000U);
    BOOST_TEST(mappings_of("{protocol: tcp, internal: 20001-30000}").size() == 10'000U);
}

BOOST_AUTO_TEST_CASE(refuse_one_mapping_more) {
    BOOST_TEST(
        complaint_about(file_with(10'001)) ==
        "10002:45: mappings[10000].internal: with this there are more than 10000 mappings; "
        "remove some, or narrow the ranges"
    );
}

BOOST_AUTO_TEST_CASE(count_the_ports_of_ranges) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {protocol: tcp, internal: 1-5000}\n"
                        "  - {protocol: udp, internal: 10000-14999}\n"
                        "  - {protocol: tcp, internal: 1-65535}\n"
                        "  - {protocol: udp, internal: 1-65535, external: any}\n") ==
        "4:31: mappings[2].internal: with this there are more than 10000 mappings; remove "
        "some, or narrow the ranges"
    );
}

BOOST_AUTO_TEST_CASE(hide_no_error_behind_too_many_mappings) {
    auto const complaints = complaints_about("mappings:\n"
                                             "  - {protocol: tcp, internal: 1-65535}\n"
                                             "  - {protocol: tpc, internal: 22}\n"
                                             "  - {protocol: tcp, internal: 70000}\n");

    BOOST_REQUIRE(complaints.size() == 3U);
    BOOST_TEST(complaints.at(1).starts_with("3:16:"));
    BOOST_TEST(complaints.at(2).starts_with("4:31:"));
}

BOOST_AUTO_TEST_CASE(refuse_a_file_over_four_mebibytes) {
    std::string const largest(pmp::config::max_file_size, '\n');

    BOOST_TEST(complaint_about(largest) == "");
    BOOST_TEST(
        complaint_about(largest + "\n") ==
        "0:0: the file is larger than 4 MiB; write fewer mappings, or ranges"
    );
}

BOOST_AUTO_TEST_CASE(refuse_deep_nesting) {
    std::string const sentence = "this is nested too deeply; no key takes so many levels";

    for (auto const* open : {"[", "{a: ", "- ", "? ", "[a: "}) {
        std::string yaml;
        for (int i = 0; i < 100'000; ++i)
            yaml += open;
        BOOST_TEST(complaint_about(yaml).ends_with(sentence), open);
    }
}

BOOST_AUTO_TEST_CASE(count_only_brackets_that_are_still_open) {
    std::string yaml = "mappings:\n";
    for (int i = 1; i <= 3000; ++i)
        yaml += joined({"  - {protocol: tcp, internal: ", std::to_string(i), "} # }\n"});

    BOOST_TEST(accepted(yaml).mappings.size() == 3000U);
}

BOOST_AUTO_TEST_CASE(tell_a_thousand_problems) {
    std::string yaml = "mappings:\n";
    for (int i = 0; i < 1001; ++i)
        yaml += "  - 1\n";

    auto const complaints = complaints_about(yaml);

    BOOST_REQUIRE(complaints.size() == 1001U);
    BOOST_TEST(complaints.at(999).starts_with("1001:5: mappings[999]:"));
    BOOST_TEST(complaints.back() == "0:0: there are more than 1000 problems; mend these");
}

BOOST_AUTO_TEST_CASE(refuse_more_gateways_than_a_machine_can_have) {
    std::string yaml = "gateways:\n";
    for (int i = 0; i < 257; ++i)
        yaml += "  g" + std::to_string(i) + ":\n";

    BOOST_TEST(
        complaint_about(yaml) == "2:3: gateways: there are more than 256 gateways; remove some"
    );
}

// Each list holds the one before nine times: nine to the power of nine values in all, and ten
// unknown keys and nine items that are no mappings to tell of.
BOOST_AUTO_TEST_CASE(hold_against_aliases_of_aliases) {
    std::string yaml = "a0: &a0 [x]\n";
    for (int i = 1; i < 10; ++i) {
        auto const number = std::to_string(i);
        auto const before = joined({"*a", std::to_string(i - 1), ","});
        yaml += joined({"a", number, ": &a", number, " ["});
        for (int j = 0; j < 9; ++j)
            yaml += before;
        yaml += "]\n";
    }
    yaml += "mappings: *a9\n";

    BOOST_TEST(complaints_about(yaml).size() == 19U);
}

BOOST_AUTO_TEST_CASE(hold_against_a_list_within_itself) {
    BOOST_TEST(
        complaint_about("mappings: &m [*m]\n") ==
        "1:11: mappings[0]: must be a map such as {protocol: tcp, internal: 22}, not a list"
    );
}

BOOST_AUTO_TEST_SUITE_END()
