// SPDX-License-Identifier: MIT
#include "cli/memory_file.hpp"

#include "daemon/scratch.hpp"

#include <pmp/clock.hpp>

#include <boost/test/unit_test.hpp>

using namespace pmp::cli;
using namespace std::chrono_literals;

namespace {

struct fixture {
    daemon_test::scratch dir;
    std::vector<std::string> told;

    std::filesystem::path path() const { return dir / "pmp" / "memory.json"; }

    std::filesystem::path secret_path() const { return dir / "pmp" / "secret.json"; }

    memory_file open() {
        return {path(), teller(), [this] { return interrupted; }};
    }

    memory_file::teller teller() {
        return [this](std::string const& sentence) { told.push_back(sentence); };
    }

    bool interrupted = false;
};

pmp::remembered_lease lease(std::uint16_t port, std::chrono::seconds left = 1h) {
    pmp::remembered_lease out;
    out.mapping = "tcp-" + std::to_string(port);
    out.gateway = "default";
    out.gateway_address = boost::asio::ip::make_address("192.168.1.1");
    out.internal_address = boost::asio::ip::make_address("192.168.1.5");
    out.internal_port = port;
    out.expires = pmp::boot_clock::now() + left;
    return out;
}

std::vector<std::uint16_t> ports(pmp::memory const& known) {
    std::vector<std::uint16_t> out;
    for (auto const& each : known.leases) {
        out.push_back(each.internal_port);
    }
    return out;
}

using numbers = std::vector<std::uint16_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_of_pmp, fixture)

BOOST_AUTO_TEST_CASE(a_secret_is_on_disk_once_it_is_loaded) {
    auto const first = open().load();

    auto const second = open().load();

    BOOST_TEST((first.secret == second.secret));
    BOOST_TEST((first.secret != pmp::secret{}));
    BOOST_TEST(told.empty());
}

BOOST_AUTO_TEST_CASE(the_secret_outlives_the_file_of_the_leases) {
    auto const first = open().load();
    std::filesystem::remove(path());

    auto const second = open().load();

    BOOST_TEST((first.secret == second.secret));
}

BOOST_AUTO_TEST_CASE(a_secret_that_only_the_file_of_the_leases_has_is_kept) {
    auto const first = open().load();
    std::filesystem::remove(secret_path());
    open().load();
    std::filesystem::remove(path());

    auto const second = open().load();

    BOOST_TEST((first.secret == second.secret));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_longer_file_is_overlooked) {
    auto file = open();
    auto const known = file.load();
    file.merge(known, {known.secret, {lease(22)}});
    daemon_test::write(path(), daemon_test::contents(path()) + "the rest of a longer one\n");

    auto const again = open().load();

    BOOST_TEST(ports(again) == numbers{22}, boost::test_tools::per_element());
    BOOST_TEST(told.empty());
}

BOOST_AUTO_TEST_CASE(what_has_ended_is_forgotten_and_what_does_not_end_is_not) {
    auto file = open();
    auto const known = file.load();
    auto permanent = lease(80, -1h);
    permanent.permanent = true;

    file.merge(known, {known.secret, {lease(22, -1h), permanent}});

    BOOST_TEST(ports(open().load()) == numbers{80}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_shorter_one_leaves_nothing_of_a_longer_one_behind) {
    auto file = open();
    auto const known = file.load();
    pmp::memory const many{known.secret, {lease(22), lease(80), lease(443)}};
    file.merge(known, many);

    file.merge(many, known);

    auto const text = daemon_test::contents(path());
    BOOST_TEST(text.find('\n') == text.size() - 1);
}

BOOST_AUTO_TEST_CASE(looking_writes_nothing) {
    open().look();

    BOOST_TEST(!std::filesystem::exists(path()));
}

BOOST_AUTO_TEST_CASE(what_several_processes_add_is_all_there) {
    auto one = open();
    auto other = open();
    auto const known = one.load();
    other.load();

    one.merge(known, {known.secret, {lease(22)}});
    other.merge(known, {known.secret, {lease(80)}});

    BOOST_TEST(ports(open().load()) == (numbers{22, 80}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_gone_afterwards_is_removed) {
    auto file = open();
    auto const known = file.load();
    pmp::memory const both{known.secret, {lease(22), lease(80)}};
    file.merge(known, both);

    file.merge({known.secret, {both.leases[0]}}, known);

    BOOST_TEST(ports(open().load()) == numbers{80}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leases_that_have_ended_are_forgotten) {
    auto file = open();
    auto const known = file.load();

    file.merge(known, {known.secret, {lease(22, -1s), lease(80)}});

    BOOST_TEST(ports(open().load()) == numbers{80}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_set_aside_and_told) {
    auto const before = open().load();
    daemon_test::write(path(), "{");

    auto const known = open().load();

    BOOST_TEST(known.leases.empty());
    BOOST_TEST((known.secret == before.secret));
    BOOST_REQUIRE(told.size() == 1);
    BOOST_TEST(told[0].find("memory.json.bad") != std::string::npos);
    BOOST_TEST(std::filesystem::exists(dir / "pmp" / "memory.json.bad"));
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_kept_it_is_told_once) {
    daemon_test::write(dir / "pmp", "a file where the directory belongs");
    auto file = open();

    auto const known = file.load();
    file.merge(known, {known.secret, {lease(22)}});

    BOOST_TEST(told.size() == 1);
    BOOST_TEST((known.secret != pmp::secret{}));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_stays_as_it_is) {
    std::filesystem::create_directories(path());
    auto file = open();

    auto const known = file.load();
    file.merge(known, {known.secret, {lease(22)}});

    BOOST_TEST(told.size() == 1);
    BOOST_TEST(std::filesystem::is_directory(path()));
}

BOOST_AUTO_TEST_CASE(a_lock_that_another_holds_is_not_waited_for_once_interrupted) {
    auto const secret = open().load().secret;
    auto const other = pmpd::file_lock::take(dir / "pmp" / "memory.json.lock");
    interrupted = true;

    auto const known = open().load();

    BOOST_TEST((known.secret == secret));
    BOOST_REQUIRE(told.size() == 1);
    BOOST_TEST(told[0].find("another process of pmp holds its lock") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_hint_comes_before_those_of_other_gateways) {
    auto const address = [](char const* text) { return boost::asio::ip::make_address(text); };
    pmp::dialect_hint const home{address("192.168.1.1"), pmp::dialect_id::pcp};
    pmp::dialect_hint const vpn{address("10.2.0.1"), pmp::dialect_id::nat_pmp};
    auto file = open();
    auto const known = file.load();
    file.merge(known, {known.secret, {}, {home}});

    file.merge({known.secret, {}, {}}, {known.secret, {}, {vpn}});

    BOOST_TEST((open().load().hints == std::vector{vpn, home}));
}

BOOST_AUTO_TEST_CASE(without_a_directory_a_secret_in_memory_serves) {
    memory_file file({}, teller(), [] { return false; });

    auto const known = file.load();

    BOOST_TEST((known.secret != pmp::secret{}));
    BOOST_TEST(told.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
