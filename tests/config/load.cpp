// SPDX-License-Identifier: MIT
#include "loading.hpp"

namespace fs = std::filesystem;
using config_test::complaint_loading;
using config_test::temporary_file;

BOOST_AUTO_TEST_SUITE(config_files)

BOOST_AUTO_TEST_CASE(are_read_whole) {
    temporary_file const file("mappings: [{protocol: tcp, internal: 22}]\n");

    auto const loaded = pmp::config::load(file.path());

    BOOST_REQUIRE(loaded.index() == 0U);
    BOOST_TEST(std::get<0>(loaded).mappings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(that_are_wrong_are_told_with_line_and_column) {
    temporary_file const file("\nlog: x\n");

    BOOST_TEST(
        complaint_loading(file.path()) == "F:2:6: log: must be a map such as {level: info}, not 'x'"
    );
}

BOOST_AUTO_TEST_CASE(that_do_not_exist_are_a_problem) {
    BOOST_TEST(
        complaint_loading("/nonexistent/pmpd.yaml") ==
        "F: the file cannot be opened (No such file or directory); check its path and "
        "permissions"
    );
}

BOOST_AUTO_TEST_CASE(that_are_directories_are_a_problem) {
    BOOST_TEST(
        complaint_loading(fs::temp_directory_path()) == "F: this is a directory; name a file"
    );
}

BOOST_AUTO_TEST_CASE(that_are_too_large_are_a_problem) {
    temporary_file const file(std::string(pmp::config::max_file_size + 1, '#'));

    BOOST_TEST(
        complaint_loading(file.path()) ==
        "F: the file is larger than 4 MiB; write fewer mappings, or ranges"
    );
}

BOOST_AUTO_TEST_SUITE_END()
