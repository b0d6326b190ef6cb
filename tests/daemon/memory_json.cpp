// SPDX-License-Identifier: MIT
#include "daemon/memory_json.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(memory_json)

using namespace std::chrono_literals;
using std::chrono::system_clock;

namespace {

constexpr pmpd::instant noon{pmp::time_point(5h), system_clock::time_point(1714564800s)};

pmp::memory one_lease() {
    pmp::memory out;
    for (std::size_t i = 0; i < out.secret.size(); ++i) {
        out.secret[i] = static_cast<std::byte>(0xf0 + i);
    }
    pmp::remembered_lease lease;
    lease.mapping = "ssh";
    lease.gateway = "default";
    lease.gateway_address = boost::asio::ip::make_address("192.168.1.1");
    lease.internal_address = boost::asio::ip::make_address("192.168.1.5");
    lease.via = pmp::dialect_id::nat_pmp;
    lease.protocol = pmp::transport::udp;
    lease.internal_port = 22;
    lease.suggested_port = 2222;
    lease.assigned = {boost::asio::ip::make_address("203.0.113.7"), 2223};
    lease.expires = noon.boot + 3600s;
    out.leases = {lease};
    return out;
}

pmp::memory read(std::string const& text, pmpd::instant now = noon) {
    return std::get<pmp::memory>(pmpd::memory_from_json(text, now));
}

std::string why_not(std::string const& text) {
    auto const got = pmpd::memory_from_json(text, noon);
    auto const* damaged = std::get_if<pmpd::damage>(&got);
    return damaged != nullptr ? damaged->why : "";
}

} // namespace

BOOST_AUTO_TEST_CASE(keeps_that_a_lease_is_permanent) {
    auto known = one_lease();
    known.leases.at(0).permanent = true;

    BOOST_TEST((read(to_json(known, noon)) == known));
}

BOOST_AUTO_TEST_CASE(keeps_what_was_left_behind_beside_what_is_held) {
    auto known = one_lease();
    known.leases.push_back(known.leases.front());
    known.leases.back().assigned.port = 2224;
    known.leases.back().left_behind = true;

    BOOST_TEST((read(to_json(known, noon)) == known));
}

BOOST_AUTO_TEST_CASE(keeps_where_a_lease_leads_and_whom_it_lets_in) {
    auto known = one_lease();
    known.leases.at(0).host = boost::asio::ip::make_address("192.168.1.20");
    known.leases.at(0).allow = {*pmp::parse_remote_prefix("198.51.100.0/24")};

    BOOST_TEST((read(to_json(known, noon)) == known));
}

BOOST_AUTO_TEST_CASE(keeps_the_hints) {
    auto known = one_lease();
    known.hints = {{boost::asio::ip::make_address("192.168.1.1"), pmp::dialect_id::nat_pmp, true}};

    BOOST_TEST((read(to_json(known, noon)) == known));
}

BOOST_AUTO_TEST_CASE(passes_over_a_hint_that_is_damaged) {
    auto const text = to_json(one_lease(), noon);
    auto const with_hints = boost::replace_first_copy(
        text, "\"version\":1", R"("version":1,"hints":[7,{"gateway_address":"home","via":"pcp"}])"
    );

    BOOST_TEST((with_hints != text));
    BOOST_TEST((read(with_hints) == one_lease()));
}

BOOST_AUTO_TEST_CASE(is_a_documented_format) {
    BOOST_TEST(
        to_json(one_lease(), noon) ==
        R"({"version":1,"secret":"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff","leases":[)"
        R"({"mapping":"ssh","gateway":"default","gateway_address":"192.168.1.1",)"
        R"("internal_address":"192.168.1.5","via":"nat-pmp","protocol":"udp","internal_port":22,)"
        R"("suggested_port":2222,"assigned_address":"203.0.113.7","assigned_port":2223,)"
        R"("expires":1714568400}]})"
        "\n"
    );
}

BOOST_AUTO_TEST_CASE(reads_back_what_it_wrote) {
    auto const memory = one_lease();

    BOOST_TEST((read(to_json(memory, noon)) == memory));
}

BOOST_AUTO_TEST_CASE(reads_back_ten_thousand_leases) {
    auto memory = one_lease();
    memory.leases.resize(10'000, memory.leases.front());

    BOOST_TEST((read(to_json(memory, noon)) == memory));
}

BOOST_AUTO_TEST_CASE(lets_leases_run_on_while_the_machine_is_off) {
    auto const text = to_json(one_lease(), noon);
    pmpd::instant const after_reboot{pmp::time_point(20s), noon.wall + 10min};

    BOOST_TEST((read(text, after_reboot).leases.front().expires == after_reboot.boot + 50min));
}

BOOST_AUTO_TEST_CASE(lets_a_lease_by_upnp_run_for_a_week_and_no_longer) {
    auto known = one_lease();
    known.leases.at(0).via = pmp::dialect_id::igd;
    known.leases.at(0).expires = noon.boot + 24h * 7;
    pmpd::instant const two_days_later{noon.boot + 48h, noon.wall + 48h};

    auto const text = to_json(known, noon);
    BOOST_TEST((read(text, two_days_later) == known));

    known.leases.at(0).expires += 1h;
    BOOST_TEST(to_json(known, noon) == text);
    auto const distant =
        boost::replace_first_copy(text, "\"expires\":1715169600", "\"expires\":1815169600");
    BOOST_TEST((distant != text));
    BOOST_TEST((read(distant).leases.at(0).expires == noon.boot + 24h * 7));
}

BOOST_AUTO_TEST_CASE(keeps_an_expired_lease_expired) {
    auto const text = to_json(one_lease(), noon);
    pmpd::instant const next_week{pmp::time_point(20s), noon.wall + 24h * 7};

    auto const memory = read(text, next_week);

    BOOST_TEST((memory.leases.front().expires < next_week.boot));
    BOOST_TEST(memory.leases.front().assigned.port == 2223);
    BOOST_TEST(to_json(memory, next_week) == text);
}

BOOST_AUTO_TEST_CASE(grants_no_lease_a_longer_life_when_the_clock_was_set_back) {
    auto const text = to_json(one_lease(), noon);
    pmpd::instant const before_ntp{pmp::time_point(20s), system_clock::time_point(0s)};

    BOOST_TEST((read(text, before_ntp).leases.front().expires <= before_ntp.boot + 24h));
}

BOOST_AUTO_TEST_CASE(survives_times_that_fit_no_clock) {
    auto text = to_json(one_lease(), noon);
    boost::replace_all(text, "1714568400", "9223372036854775807");
    BOOST_TEST((read(text).leases.front().expires == noon.boot + 24h));

    boost::replace_all(text, "9223372036854775807", "-9223372036854775808");
    BOOST_TEST((read(text).leases.front().expires < noon.boot));
}

BOOST_AUTO_TEST_CASE(writes_an_endless_lease_as_the_longest_one) {
    auto memory = one_lease();
    memory.leases.front().expires = pmp::time_point::max();

    BOOST_TEST((read(to_json(memory, noon)).leases.front().expires == noon.boot + 24h));
}

BOOST_AUTO_TEST_CASE(ignores_members_that_it_does_not_know) {
    auto text = to_json(one_lease(), noon);
    boost::replace_first(text, R"("version":1)", R"("later":[1],"version":1)");
    boost::replace_first(text, R"("mapping")", R"("verified":true,"mapping")");

    BOOST_TEST((read(text) == one_lease()));
}

BOOST_AUTO_TEST_CASE(is_refused_when_truncated_anywhere) {
    auto const text = to_json(one_lease(), noon);
    auto const whole = text.size() - 1; // without the newline it is still whole

    for (std::size_t size = 0; size < whole; ++size) {
        BOOST_TEST_CONTEXT(size) {
            BOOST_TEST(!why_not(text.substr(0, size)).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(is_refused_with_what_is_wrong) {
    auto const with = [](char const* from, char const* to) {
        auto text = to_json(one_lease(), noon);
        BOOST_REQUIRE(text.find(from) != std::string::npos);
        boost::replace_first(text, from, to);
        return why_not(text);
    };

    BOOST_TEST(why_not("[]") == "it is not a JSON object");
    BOOST_TEST(with(R"("version":1)", R"("version":2)") == "it is of another version");
    BOOST_TEST(with(R"("version":1)", R"("version":"1")") == "it is of another version");
    BOOST_TEST(with("f0f1", "f0") == R"("secret" is missing or wrong)");
    BOOST_TEST(with("f0f1", "xyz1") == R"("secret" is missing or wrong)");
    BOOST_TEST(with("leases", "leaves") == R"("leases" is missing or wrong)");
    BOOST_TEST(with("nat-pmp", "nat") == R"("via" of a lease is missing or wrong)");
    BOOST_TEST(with("udp", "sctp") == R"("protocol" of a lease is missing or wrong)");
    BOOST_TEST(with(":22,", ":65536,") == R"("internal_port" of a lease is missing or wrong)");
    BOOST_TEST(with(":22,", ":-1,") == R"("internal_port" of a lease is missing or wrong)");
    BOOST_TEST(with(":2222,", ":2222.5,") == R"("suggested_port" of a lease is missing or wrong)");
    BOOST_TEST(
        with("203.0.113.7", "203.0.113") == R"("assigned_address" of a lease is missing or wrong)"
    );
    BOOST_TEST(with("[{", "[7,{") == "a lease is not an object");
}

BOOST_AUTO_TEST_SUITE_END()
