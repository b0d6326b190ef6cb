// SPDX-License-Identifier: MIT
#include "kept_state.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>
#include <memory>

BOOST_AUTO_TEST_SUITE(state_file)

using namespace daemon_test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_CASE(gives_back_what_it_was_given) {
    scratch const dir;
    subject(dir / "state.json").file.save(memory_of(7), now);

    subject later(dir / "state.json");

    BOOST_TEST((later.file.load(now) == memory_of(7)));
    BOOST_TEST(later.told.empty());
}

BOOST_AUTO_TEST_CASE(knows_nothing_at_the_first_start_and_is_silent_about_it) {
    scratch const dir;
    subject first(dir / "state.json");

    BOOST_TEST(!first.file.load(now).has_value());
    BOOST_TEST(first.told.empty());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_else_behind_when_it_saves) {
    scratch const dir;
    write(dir / "state.json.new", "left by a killed process");

    subject(dir / "state.json").file.save(memory_of(7), now);

    BOOST_TEST(std::distance(fs::directory_iterator(dir / "."), {}) == 1);
}

BOOST_AUTO_TEST_CASE(writes_nothing_when_nothing_changed) {
    scratch const dir;
    subject s(dir / "state.json");
    s.file.save(memory_of(7), now);
    fs::remove(dir / "state.json");

    s.file.save(memory_of(7), now);

    BOOST_TEST(!fs::exists(dir / "state.json"));
}

BOOST_AUTO_TEST_CASE(makes_its_directory_but_not_the_one_above) {
    scratch const dir;
    subject beside(dir / "lib" / "state.json");
    subject beyond(dir / "far" / "away" / "state.json");

    BOOST_TEST(beside.file.lock());
    BOOST_TEST(beyond.file.lock());

    BOOST_TEST(fs::exists(dir / "lib"));
    BOOST_TEST(!fs::exists(dir / "far"));
}

BOOST_AUTO_TEST_CASE(is_set_aside_when_damaged) {
    scratch const dir;
    write(dir / "state.json", R"({"version":1,"sec)");
    write(dir / "state.json.bad", "an older one");
    subject s(dir / "state.json");

    BOOST_TEST(!s.file.load(now).has_value());

    BOOST_TEST(tells_one_warning(s));
    BOOST_TEST(contents(dir / "state.json.bad") == R"({"version":1,"sec)");
    BOOST_TEST(!fs::exists(dir / "state.json"));
}

BOOST_AUTO_TEST_CASE(is_set_aside_when_a_newer_version_wrote_it) {
    scratch const dir;
    write(dir / "state.json", R"({"version":2})");
    subject s(dir / "state.json");

    BOOST_TEST(!s.file.load(now).has_value());

    BOOST_TEST(tells_one_warning(s));
    BOOST_TEST(contents(dir / "state.json.bad") == R"({"version":2})");
}

BOOST_AUTO_TEST_CASE(that_is_damaged_is_never_overwritten) {
    scratch const dir;
    write(dir / "state.json", "precious");
    fs::create_directories(dir / "state.json.bad" / "occupied");
    subject s(dir / "state.json");

    s.file.load(now);
    s.file.save(memory_of(7), now);

    BOOST_TEST(tells_one_warning(s));
    BOOST_TEST(contents(dir / "state.json") == "precious");
}

BOOST_AUTO_TEST_CASE(warns_once_while_nothing_can_be_written_and_once_it_can_again) {
    scratch const dir;
    write(dir / "lib", "a file where the directory should be");
    subject s(dir / "lib" / "state.json");
    BOOST_TEST(s.file.lock());
    BOOST_TEST(!s.file.load(now).has_value());

    BOOST_TEST(!s.file.save(memory_of(1), now));
    BOOST_TEST(!s.file.save(memory_of(2), now));
    BOOST_TEST(tells_one_warning(s));

    fs::remove(dir / "lib");
    fs::create_directory(dir / "lib");
    BOOST_TEST(s.file.save(memory_of(2), now));
    BOOST_TEST(s.file.save(memory_of(3), now));
    BOOST_TEST(s.told.size() == 2U);
    BOOST_TEST((s.told.back().level == pmpd::log_level::info));
}

BOOST_AUTO_TEST_CASE(without_a_path_warns_once) {
    subject s((fs::path()));

    BOOST_TEST(s.file.lock());
    BOOST_TEST(!s.file.load(now).has_value());
    s.file.save(memory_of(1), now);
    s.file.save(memory_of(2), now);

    BOOST_TEST(tells_one_warning(s));
}

BOOST_AUTO_TEST_CASE(belongs_to_one_process_at_a_time) {
    scratch const dir;
    auto first = std::make_unique<subject>(dir / "state.json");
    subject second(dir / "state.json");

    BOOST_TEST(first->file.lock());
    BOOST_TEST(!second.file.lock());
    first.reset();
    BOOST_TEST(second.file.lock());
}

BOOST_AUTO_TEST_SUITE_END()
