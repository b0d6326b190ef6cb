// SPDX-License-Identifier: MIT
#include "cli/lease_table.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

using namespace pmp::cli;

namespace {

/// One that is held, and one that was refused.
lease_table two_leases() {
    auto const reply = boost::json::parse(R"({"leases": [
        {"mapping": "ssh", "state": "held", "protocol": "tcp",
         "internal": {"address": "192.168.1.5", "port": 22},
         "external": {"address": "203.0.113.7", "port": 2222}, "remaining": 3541,
         "renews_in": 1790, "gateway": {"name": "default"}, "via": "pcp", "error": null},
        {"mapping": "wg", "state": "waiting", "protocol": "udp",
         "internal": {"address": "192.168.1.5", "port": 51820}, "external": null,
         "remaining": null, "renews_in": null, "gateway": {"name": "default"}, "via": "pcp",
         "error": {"message": "the gateway is full", "retry_in": 30}}]})");
    return lease_table(reply.get_object());
}

std::vector<std::string> lines(lease_table const& of, std::size_t columns, std::size_t rows = 99) {
    std::istringstream in(of.text({rows, columns, {}}, false));
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

std::string steady_heading(lease_table const& of) {
    lease_table::space room;
    room.steady = true;
    auto const text = of.text(room, false);
    return text.substr(0, text.find('\n'));
}

} // namespace

BOOST_AUTO_TEST_SUITE(lease_tables)

BOOST_AUTO_TEST_CASE(a_wide_screen_has_every_column) {
    auto const shown = lines(two_leases(), 200);

    BOOST_TEST(shown.size() == 3);
    BOOST_TEST(shown[0].find("RENEWS IN  VIA  GATEWAY  ERROR") != std::string::npos);
    BOOST_TEST(shown[2].ends_with("the gateway is full, asked again in 0:30"));
}

BOOST_AUTO_TEST_CASE(a_narrow_screen_keeps_what_remains_and_tells_errors_below) {
    auto const shown = lines(two_leases(), 80);

    BOOST_TEST(shown.size() == 4);
    BOOST_TEST(shown[0].find("REMAINING") != std::string::npos);
    BOOST_TEST(shown[0].find("ERROR") == std::string::npos);
    BOOST_TEST(shown[1].find("59:01") != std::string::npos);
    BOOST_TEST(shown[3] == "  the gateway is full, asked again in 0:30");
    BOOST_TEST(std::all_of(shown.begin(), shown.end(), [](auto const& l) { return l.size() <= 80; })
    );
}

BOOST_AUTO_TEST_CASE(the_narrowest_screen_cuts) {
    for (auto const& line : lines(two_leases(), 20)) {
        BOOST_TEST(line.size() <= 20);
    }
    BOOST_TEST(lines(two_leases(), 20).back() == "  the gateway is ...");
}

BOOST_AUTO_TEST_CASE(a_port_that_the_gateway_assigns_is_any) {
    boost::json::object lease{{"mapping", "torrent"}, {"state", "requesting"}};
    lease["internal"] = {{"address", "10.2.0.2"}, {"port", 0}};
    pmp::cli::lease_table const table({{"leases", boost::json::array{lease}}});

    BOOST_TEST(table.text({}, false).find("10.2.0.2:any") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(drawn_over_itself_its_columns_stay_where_they_are) {
    for (std::string const external : {"203.0.113.207", "2001:db8:1234:5678:9abc:def0:1234:5678"}) {
        bool const is_v6 = external.find(':') != std::string::npos;
        auto const* const own = is_v6 ? external.c_str() : "192.168.1.5";
        boost::json::object lease{{"mapping", "ssh"}, {"state", "requesting"}};
        lease["internal"] = {{"address", own}, {"port", 22022}};
        lease_table table({{"leases", boost::json::array{lease}}});
        auto const before = steady_heading(table);
        lease["external"] = {{"address", external}, {"port", 22022}};
        lease["state"] = "recovering";
        lease["via"] = "nat-pmp";
        lease["remaining"] = 86400;

        table.take({{"mapping", "ssh"}, {"lease", lease}});

        BOOST_TEST(steady_heading(table) == before);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_end_is_permanent) {
    boost::json::object lease{{"mapping", "ssh"}, {"state", "held"}, {"permanent", true}};
    lease["remaining"] = nullptr;
    pmp::cli::lease_table const table({{"leases", boost::json::array{lease}}});

    BOOST_TEST(table.text({}, false).find("  permanent  ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_low_screen_counts_the_rest) {
    BOOST_TEST(lines(two_leases(), 200, 2).back() == "... and 2 more");
    BOOST_TEST(lines(two_leases(), 200, 3).size() == 3);
    BOOST_TEST(lines(two_leases(), 80, 3).back() == "... and 1 more");
}

BOOST_AUTO_TEST_SUITE_END()
