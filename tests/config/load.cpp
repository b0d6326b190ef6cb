// SPDX-License-Identifier: MIT
#include "parsing.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;

/// A file that lives as long as this.
class temporary_file {
public:
    explicit temporary_file(std::string_view content)
        : path_(
              fs::temp_directory_path() / ("pmp-config-" + std::to_string(::getpid()) + ".yaml")
          ) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~temporary_file() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;

    fs::path const& path() const { return path_; }

private:
    fs::path path_;
};

/// Root reads what it likes; for as long as this lives, the process is somebody else.
class without_privilege {
public:
    without_privilege() {
        if (user_ == 0)
            BOOST_REQUIRE(::seteuid(nobody) == 0);
    }
    ~without_privilege() {
        if (user_ == 0 && ::seteuid(user_) != 0)
            std::abort();
    }
    without_privilege(without_privilege const&) = delete;
    without_privilege& operator=(without_privilege const&) = delete;

private:
    static constexpr ::uid_t nobody = 65534;
    ::uid_t user_ = ::geteuid();
};

std::string complaint_loading(fs::path const& path) {
    auto const loaded = pmp::config::load(path);
    auto const* const found = std::get_if<pmp::config::problems>(&loaded);
    BOOST_REQUIRE(found != nullptr);
    BOOST_REQUIRE(found->size() == 1U);
    return to_string(found->front(), "F");
}

} // namespace

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

BOOST_AUTO_TEST_CASE(that_may_not_be_read_are_a_problem) {
    temporary_file const file("");
    fs::permissions(file.path(), fs::perms::none);
    without_privilege const somebody;

    BOOST_TEST(
        complaint_loading(file.path()) ==
        "F: the file cannot be opened (Permission denied); check its path and permissions"
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
