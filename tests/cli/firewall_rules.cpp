// SPDX-License-Identifier: MIT
#include "cli/host_facts.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace pmp::cli;

BOOST_AUTO_TEST_SUITE(doctor_firewall)

BOOST_AUTO_TEST_CASE(rules_of_nft_are_read) {
    auto const closed = read_nft("table inet filter {\n\tchain input {\n\t\ttype filter hook input "
                                 "priority filter; policy drop;\n\t\tct state established accept\n"
                                 "\t}\n}\n");
    auto const open = read_nft("table inet filter {\n\tchain input {\n\t\ttype filter hook input "
                               "priority filter; policy accept;\n\t}\n\tchain forward {\n\t\ttype "
                               "filter hook forward priority filter; policy drop;\n\t}\n}\n");
    auto const rejecting = read_nft("chain input {\ntype filter hook input priority 0; policy "
                                    "accept;\nudp dport 5350 accept\nreject with icmpx\n}\n");

    BOOST_TEST(closed.name == "nftables");
    BOOST_TEST(closed.drops.value());
    BOOST_TEST(!closed.names_announcements);
    BOOST_TEST(!open.drops.value());
    BOOST_TEST(rejecting.drops.value());
    BOOST_TEST(rejecting.names_announcements);
    BOOST_TEST(read_nft("").name == "");
    BOOST_TEST(!read_nft("").drops.value());
}

BOOST_AUTO_TEST_CASE(rules_of_nft_count_where_they_meet_what_arrives_by_ipv4) {
    auto const drops = [](std::string const& family, std::string const& chain) {
        auto const found = read_nft("table " + family + " t {\nchain c {\n" + chain + "\n}\n}\n");
        return found.drops.value();
    };
    std::string const input = "type filter hook input priority 0; policy ";

    BOOST_TEST(drops("ip", input + "drop;"));
    BOOST_TEST(!drops("ip6", input + "drop;"));
    BOOST_TEST(!drops("bridge", input + "drop;"));
    BOOST_TEST(!drops("inet", "type filter hook output priority 0; policy drop;"));
    BOOST_TEST(drops("inet", "type filter hook prerouting priority raw; policy drop;"));
    BOOST_TEST(!drops("inet", input + "drop;\naccept"));
    BOOST_TEST(!drops("inet", input + "accept;\ncounter packets 0 bytes 0 accept\ndrop"));
    BOOST_TEST(drops("inet", input + "accept;\nlog prefix \"in: \" drop"));
    BOOST_TEST(!drops("inet", input + "accept;\nct state invalid drop"));
}

BOOST_AUTO_TEST_CASE(rules_of_iptables_are_read) {
    BOOST_TEST(read_iptables("-P INPUT DROP\n").drops.value());
    BOOST_TEST(read_iptables("-P INPUT ACCEPT\n-A INPUT -j REJECT --reject-with x\n").drops.value()
    );
    BOOST_TEST(!read_iptables("-P INPUT ACCEPT\n").drops.value());
    BOOST_TEST(read_iptables("-P INPUT ACCEPT\n").name == "");
    BOOST_TEST(!read_iptables("-P INPUT DROP\n-A INPUT -j ACCEPT\n").drops.value());
}

BOOST_AUTO_TEST_SUITE_END()
