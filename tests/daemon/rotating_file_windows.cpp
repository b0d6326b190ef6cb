// SPDX-License-Identifier: MIT
#include "daemon/rotating_file_windows.hpp"

#include "scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <fstream>
#include <memory>
#include <optional>

using daemon_test::contents;
using daemon_test::scratch;
using pmpd::rotating_file;

namespace {

/// One line is as long as the other, and no more than two fit into a file.
struct written {
    written() { open(); }

    void open() {
        auto sink = std::make_shared<rotating_file>(path, std::uintmax_t{2} * line_size);
        sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%v", spdlog::pattern_time_type::local, "\n"
        ));
        logger = std::make_unique<spdlog::logger>("pmpd", std::move(sink));
        logger->flush_on(spdlog::level::trace);
    }

    void write(std::string const& line) { logger->info(line); }

    /// `ln 100` and so on.
    void write_lines(int first, int end) {
        for (int each = first; each < end; ++each) {
            write("ln " + std::to_string(each));
        }
    }

    std::filesystem::path old(int number) const {
        auto out = path;
        return out += "." + std::to_string(number);
    }

    std::string lines(std::string const& one, std::string const& other = {}) const {
        return one + eol + (other.empty() ? std::string() : other + eol);
    }

    /// The newest of the lines then stay in one file.
    void write_while_one_looks_at(std::filesystem::path const& file) {
        write_lines(100, 110);
        reader.emplace(file);
        write_lines(110, 116);
        BOOST_TEST(contents(old(5)) == lines("ln 100", "ln 101"));
        BOOST_TEST(contents(path).starts_with(lines("ln 108", "ln 109")));
    }

    /// The files rotate again.
    void go_on_without_a_reader() {
        reader.reset();
        write_lines(116, 118);
        BOOST_TEST(contents(old(1)).starts_with(lines("ln 108", "ln 109")));
        BOOST_TEST(contents(old(4)) == lines("ln 102", "ln 103"));
        BOOST_TEST(!std::filesystem::exists(old(5)));
    }

    std::string const eol = "\r\n";
    std::size_t const line_size = std::string("line 1\n").size();
    scratch dir;
    std::filesystem::path const path = dir / "pmpd.log";
    std::unique_ptr<spdlog::logger> logger;
    std::optional<std::ifstream> reader;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_rotating_file, written)

BOOST_AUTO_TEST_CASE(is_renamed_before_it_grows_beyond_its_size) {
    for (std::string const line : {"line 1", "line 2", "line 3"}) {
        write(line);
    }

    BOOST_TEST(contents(path) == lines("line 3"));
    BOOST_TEST(contents(old(1)) == lines("line 1", "line 2"));
    BOOST_TEST(!std::filesystem::exists(old(2)));
}

BOOST_AUTO_TEST_CASE(keeps_four_old_ones_and_all_lines_of_them) {
    write_lines(100, 114);

    BOOST_TEST(contents(path) == lines("ln 112", "ln 113"));
    BOOST_TEST(contents(old(1)) == lines("ln 110", "ln 111"));
    BOOST_TEST(contents(old(4)) == lines("ln 104", "ln 105"));
    BOOST_TEST(!std::filesystem::exists(old(5)));
}

BOOST_AUTO_TEST_CASE(counts_what_it_held_when_it_was_opened) {
    write("line 1");
    write("line 2");
    logger.reset();

    open();
    write("line 3");

    BOOST_TEST(contents(path) == lines("line 3"));
    BOOST_TEST(contents(old(1)) == lines("line 1", "line 2"));
}

BOOST_AUTO_TEST_CASE(takes_a_line_that_is_longer_than_it_may_be) {
    std::string const endless(100, 'x');

    write(endless);
    write("line 2");

    BOOST_TEST(contents(old(1)) == lines(endless));
    BOOST_TEST(contents(path) == lines("line 2"));
}

BOOST_AUTO_TEST_CASE(grows_on_while_somebody_looks_at_it) {
    write("line 1");
    reader.emplace(path);

    for (std::string const line : {"line 2", "line 3", "line 4"}) {
        write(line);
    }
    BOOST_TEST(contents(path) == lines("line 1", "line 2") + lines("line 3", "line 4"));

    reader.reset();
    for (std::string const line : {"line 5", "line 6", "line 7"}) {
        write(line);
    }
    BOOST_TEST(contents(path) == lines("line 7"));
    BOOST_TEST(contents(old(1)) == lines("line 5", "line 6"));
    BOOST_TEST(contents(old(2)) == lines("line 1", "line 2") + lines("line 3", "line 4"));
}

BOOST_AUTO_TEST_CASE(loses_nothing_while_somebody_looks_at_it) {
    write_while_one_looks_at(path);
    BOOST_TEST(contents(old(2)) == lines("ln 106", "ln 107"));

    go_on_without_a_reader();
}

BOOST_AUTO_TEST_CASE(loses_nothing_while_somebody_looks_at_an_old_one) {
    write_while_one_looks_at(old(2));
    BOOST_TEST(contents(old(4)) == lines("ln 102", "ln 103"));
    BOOST_TEST(contents(old(2)) == lines("ln 104", "ln 105"));

    go_on_without_a_reader();
}

BOOST_AUTO_TEST_CASE(that_cannot_be_opened_is_told) {
    BOOST_CHECK_THROW(rotating_file(path / "below-a-file"), spdlog::spdlog_ex);
}

BOOST_AUTO_TEST_SUITE_END()
