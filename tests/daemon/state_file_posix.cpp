// SPDX-License-Identifier: MIT
#include "kept_state.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

BOOST_AUTO_TEST_SUITE(state_file)

using namespace daemon_test;
namespace fs = std::filesystem;

namespace {

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

BOOST_AUTO_TEST_CASE(makes_its_directory_for_its_owner_alone) {
    scratch const dir;
    subject s(dir / "lib" / "state.json");

    BOOST_TEST(s.file.lock());

    BOOST_TEST((fs::status(dir / "lib").permissions() == fs::perms(0700)));
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
