// SPDX-License-Identifier: MIT
#include "daemon/state_file.hpp"

#include "scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

BOOST_AUTO_TEST_SUITE(state_file)

using namespace daemon_test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr pmpd::instant now{
    pmp::time_point(5h), std::chrono::system_clock::time_point(1714564800s)};

pmp::memory memory_of(int secret) {
    pmp::memory out;
    out.secret.fill(static_cast<std::byte>(secret));
    return out;
}

/// A state file and what it told.
struct subject {
    explicit subject(fs::path const& path)
        : file(path, [this](pmpd::log_line const& line) { told.push_back(line); }) {}

    std::vector<pmpd::log_line> told;
    pmpd::state_file file;
};

bool tells_one_warning(subject const& s) {
    return s.told.size() == 1 && s.told.front().level == pmpd::log_level::warn;
}

/// As long as it lives no file can grow beyond this size, as on a full disk.
class size_limit {
public:
    explicit size_limit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        auto limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    size_limit(size_limit const&) = delete;
    size_limit& operator=(size_limit const&) = delete;

private:
    rlimit before_{};
};

} // namespace

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

BOOST_AUTO_TEST_CASE(can_be_read_by_its_owner_alone) {
    scratch const dir;
    auto const path = dir / "state.json";
    write(path, "");
    fs::permissions(path, fs::perms(0666));
    auto const mask = ::umask(0);
    subject(path).file.save(memory_of(7), now);
    ::umask(mask);

    BOOST_TEST((fs::status(path).permissions() == fs::perms(0600)));
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
    subject near(dir / "lib" / "state.json");
    subject far(dir / "far" / "away" / "state.json");

    BOOST_TEST(near.file.lock());
    BOOST_TEST(far.file.lock());

    BOOST_TEST((fs::status(dir / "lib").permissions() == fs::perms(0700)));
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

BOOST_AUTO_TEST_CASE(keeps_the_old_contents_when_the_disk_is_full) {
    scratch const dir;
    subject s(dir / "state.json");
    s.file.save(memory_of(1), now);
    auto const before = contents(dir / "state.json");

    {
        size_limit const full(16);
        s.file.save(memory_of(2), now);
    }

    BOOST_TEST(tells_one_warning(s));
    BOOST_TEST(contents(dir / "state.json") == before);
    BOOST_TEST(!fs::exists(dir / "state.json.new"));
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

BOOST_AUTO_TEST_CASE(stays_where_a_link_leads_to) {
    scratch const dir;
    fs::create_directory(dir / "elsewhere");
    subject(dir / "elsewhere" / "kept.json").file.save(memory_of(1), now);
    fs::create_symlink("elsewhere/kept.json", dir / "state.json");
    subject s(dir / "state.json");

    BOOST_TEST((s.file.load(now) == memory_of(1)));
    s.file.save(memory_of(2), now);

    BOOST_TEST(fs::is_symlink(dir / "state.json"));
    subject later(dir / "elsewhere" / "kept.json");
    BOOST_TEST((later.file.load(now) == memory_of(2)));
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_is_not_a_regular_file) {
    scratch const dir;
    auto const fifo = dir / "state.json";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    subject s(fifo);

    BOOST_TEST(!s.file.load(now).has_value());
    s.file.save(memory_of(1), now);

    BOOST_TEST(tells_one_warning(s));
    BOOST_TEST(fs::is_fifo(fifo));
}

BOOST_AUTO_TEST_SUITE_END()
