// SPDX-License-Identifier: MIT
#include "daemon/private_file.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>
#include <optional>
#include <random>
#include <string>

namespace fs = std::filesystem;
namespace errc = boost::system::errc;
using pmpd::file_lock;
using pmpd::overwrite_file;
using pmpd::read_file;
using pmpd::replace_file;

namespace {

/// A folder with a file of a name that no code page of one language has.
struct folder {
    folder() { fs::create_directory(path); }
    ~folder() { fs::remove_all(path); }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;

    fs::path path = fs::temp_directory_path() / ("pmp-" + std::to_string(std::random_device{}()));
    fs::path file = path / fs::path(u8"Zustand \u00e4\u0436\u4e2d.json");
};

constexpr std::size_t most = 1024;

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_private_file, folder)

BOOST_AUTO_TEST_CASE(is_replaced_whole) {
    BOOST_TEST(!replace_file(file, "a first and long text"));

    BOOST_TEST(!replace_file(file, "another"));

    BOOST_TEST(read_file(file, most).value() == "another");
    BOOST_TEST(std::distance(fs::directory_iterator(path), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(is_overwritten_whole) {
    BOOST_TEST(!overwrite_file(file, "a first and long text"));

    BOOST_TEST(!overwrite_file(file, "another"));

    BOOST_TEST(read_file(file, most).value() == "another");
}

BOOST_AUTO_TEST_CASE(keeps_ends_of_lines_as_they_are) {
    replace_file(file, "one\ntwo\r\n");

    BOOST_TEST(read_file(file, most).value() == "one\ntwo\r\n");
}

BOOST_AUTO_TEST_CASE(tells_that_there_is_none) {
    BOOST_TEST((read_file(file, most).error() == errc::no_such_file_or_directory));
    BOOST_TEST((read_file(path / "no" / "file", most).error() == errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_CASE(tells_that_it_is_too_large) {
    replace_file(file, std::string(most + 1, 'x'));

    BOOST_TEST((read_file(file, most).error() == errc::file_too_large));
}

BOOST_AUTO_TEST_CASE(leaves_what_is_no_file_alone) {
    BOOST_TEST((read_file(path, most).error() == errc::not_supported));
    BOOST_TEST((replace_file(path, "text") == errc::not_supported));
    BOOST_TEST((overwrite_file(path, "text") == errc::not_supported));
    BOOST_TEST(fs::is_directory(path));
}

BOOST_AUTO_TEST_CASE(needs_its_folder) {
    BOOST_TEST((replace_file(path / "no" / "file", "text") == errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_CASE(is_locked_by_one_at_a_time) {
    auto held = std::optional(file_lock::take(file).value());

    auto const second = file_lock::take(file);
    held.reset();

    BOOST_TEST((second.error() == errc::resource_unavailable_try_again));
    BOOST_TEST(file_lock::take(file).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
