// SPDX-License-Identifier: MIT
#include "parsing.hpp"

using namespace std::chrono_literals;

namespace {

std::vector<std::string> names_of(std::vector<pmp::mapping> const& mappings) {
    std::vector<std::string> names;
    names.reserve(mappings.size());
    for (auto const& m : mappings)
        names.push_back(m.name);
    return names;
}

std::vector<std::string> const range_names = {"game-27015", "game-27016", "game-27017"};

} // namespace

BOOST_AUTO_TEST_SUITE(config_mappings)

BOOST_AUTO_TEST_CASE(need_a_protocol_and_an_internal_port_alone) {
    auto const read = mappings_of("{protocol: udp, internal: 51820}");

    pmp::mapping expected;
    expected.name = "udp-51820";
    expected.protocol = pmp::transport::udp;
    expected.internal.port = 51820;
    expected.suggested.port = 51820;
    BOOST_REQUIRE(read.size() == 1U);
    BOOST_TEST((read.front() == expected));
    BOOST_TEST((read.front().internal.address == boost::asio::ip::address_v4::any()));
}

BOOST_AUTO_TEST_CASE(take_everything_from_the_file) {
    auto const read = accepted("gateways: {vpn: }\n"
                               "mappings:\n"
                               "  - name: ssh\n"
                               "    protocol: tcp\n"
                               "    internal: 22\n"
                               "    external: 2222\n"
                               "    exact: true\n"
                               "    lifetime: 1h\n"
                               "    gateway: vpn\n"
                               "    address_family: ipv4\n");

    pmp::mapping expected;
    expected.name = "ssh";
    expected.protocol = pmp::transport::tcp;
    expected.internal.port = 22;
    expected.suggested.port = 2222;
    expected.exact = true;
    expected.lifetime = 1h;
    expected.lifetime_chosen = true;
    expected.gateway = "vpn";
    BOOST_REQUIRE(read.mappings.size() == 1U);
    BOOST_TEST((read.mappings.front() == expected));
}

BOOST_AUTO_TEST_CASE(may_leave_the_internal_port_to_a_gateway_of_nat_pmp) {
    auto const read = accepted("gateways: {vpn: {protocols: [nat-pmp]}}\n"
                               "mappings:\n"
                               "  - {protocol: tcp, internal: any, gateway: vpn}\n"
                               "  - {protocol: udp, internal: any, gateway: vpn, lifetime: 2m}\n");

    BOOST_REQUIRE(read.mappings.size() == 2U);
    auto const& first = read.mappings.front();
    BOOST_TEST(first.name == "tcp-any");
    BOOST_TEST(first.internal.port == 0);
    BOOST_TEST(first.suggested.port == 0);
    BOOST_TEST((first.lifetime == 60s));
    BOOST_TEST((read.mappings.back().lifetime == 2min));
}

BOOST_AUTO_TEST_CASE(leave_the_internal_port_to_no_other_gateway) {
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: any}") ==
        "1:38: mappings[0].internal: 'any' can be asked by NAT-PMP alone; write 'protocols: "
        "[nat-pmp]' at the gateway 'default', or a port here"
    );
    BOOST_TEST(
        complaint_about("gateways: {default: {protocols: [nat-pmp]}}\n"
                        "mappings: [{protocol: tcp, internal: any, host: 192.168.1.20}]\n"
        ) == "2:49: mappings[0].host: a mapping of any internal port is of this machine alone"
    );
}

BOOST_AUTO_TEST_CASE(leave_one_internal_port_of_a_protocol_to_a_gateway) {
    BOOST_TEST(
        complaint_about("gateways: {default: {protocols: [nat-pmp]}}\n"
                        "mappings:\n"
                        "  - {name: a, protocol: tcp, internal: any}\n"
                        "  - {name: b, protocol: tcp, internal: any}\n") ==
        "4:40: mappings[1].internal: tcp port any at gateway 'default' is already mapped by 'a' at "
        "line 3; remove one of the two"
    );
}

BOOST_AUTO_TEST_CASE(of_both_protocols_are_pairs) {
    auto const read = mappings_of("{name: game, protocol: both, internal: 5-6, external: 1005}");

    BOOST_TEST(
        names_of(read) ==
            (std::vector<std::string>{"game-5-tcp", "game-6-tcp", "game-5-udp", "game-6-udp"}),
        boost::test_tools::per_element()
    );
    for (auto const& m : read)
        BOOST_TEST(m.paired);
    BOOST_TEST(read.at(1).suggested.port == 1006);
    BOOST_TEST(read.at(3).suggested.port == 1006);
    BOOST_TEST((read.at(2).protocol == pmp::transport::udp));
}

BOOST_AUTO_TEST_CASE(of_both_protocols_are_named_after_each) {
    BOOST_TEST(
        names_of(mappings_of("{protocol: both, internal: 5}")) ==
            (std::vector<std::string>{"tcp-5", "udp-5"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(
        names_of(mappings_of("{name: x, protocol: both, internal: 5}")) ==
            (std::vector<std::string>{"x-tcp", "x-udp"}),
        boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(of_both_protocols_take_the_port_of_each) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: x, protocol: both, internal: 5}\n"
                        "  - {protocol: udp, internal: 5}\n") ==
        "3:31: mappings[1].internal: udp port 5 at gateway 'default' is already mapped by 'x-udp' "
        "at line 2; remove one of the two"
    );
}

BOOST_AUTO_TEST_CASE(may_be_of_another_host) {
    auto const read = mappings_of("{protocol: tcp, internal: 22-23, host: 192.168.1.20}");

    for (auto const& m : read)
        BOOST_TEST(m.internal.address.to_string() == "192.168.1.20");
    BOOST_TEST(read.size() == 2U);
}

BOOST_AUTO_TEST_CASE(are_refused_with_a_host_that_is_none) {
    auto const complaint = [](std::string const& host) {
        return complaint_about_mapping("{protocol: tcp, internal: 1, host: " + host + "}");
    };
    std::string const at = "1:47: mappings[0].host: ";
    std::string const advice = "; write the IPv4 address of a machine on the LAN";

    BOOST_TEST(complaint("nas.lan") == at + "'nas.lan' is not an IPv4 address" + advice);
    BOOST_TEST(complaint("'fe80::1'") == at + "'fe80::1' is not an IPv4 address" + advice);
    BOOST_TEST(complaint("0.0.0.0") == at + "'0.0.0.0' is no host's address" + advice);
    BOOST_TEST(complaint("127.0.0.1") == at + "'127.0.0.1' is this machine's own" + advice);
    BOOST_TEST(complaint("224.0.0.1") == at + "'224.0.0.1' is a multicast address" + advice);
}

BOOST_AUTO_TEST_CASE(may_let_in_some_alone) {
    auto const read = mappings_of(
        "{protocol: tcp, internal: 1, allow: [198.51.100.0/24, 192.0.2.7], allow_unfiltered: true}"
    );

    BOOST_TEST_REQUIRE(read.at(0).allow.size() == 2U);
    BOOST_TEST(to_string(read.at(0).allow.at(0)) == "198.51.100.0/24");
    BOOST_TEST(to_string(read.at(0).allow.at(1)) == "192.0.2.7");
    BOOST_TEST(read.at(0).allow_unfiltered);
}

BOOST_AUTO_TEST_CASE(are_refused_with_remote_addresses_that_are_none) {
    auto const complaint = [](std::string const& item) {
        return complaint_about_mapping("{protocol: tcp, internal: 1, allow: [" + item + "]}");
    };
    std::string const at = "1:49: mappings[0].allow[0]: ";

    BOOST_TEST(
        complaint("friend") == at + "'friend' is not an IPv4 address or prefix; write one such as "
                                    "198.51.100.7 or 198.51.100.0/24"
    );
    BOOST_TEST(
        complaint("0.0.0.0/0") == at + "'0.0.0.0/0' is everybody; remove the key to let in all"
    );
    BOOST_TEST(
        complaint("198.51.100.7/24") ==
        at + "'198.51.100.7/24' has bits beyond its length; write 198.51.100.0/24"
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: 1, allow: []}") ==
        "1:48: mappings[0].allow: the list is empty; write an address, or remove the key to let in "
        "all"
    );
}

BOOST_AUTO_TEST_CASE(may_be_described) {
    BOOST_TEST(
        mappings_of("{protocol: tcp, internal: 1, description: ssh to the NAS}")
            .at(0)
            .description == "ssh to the NAS"
    );
    BOOST_TEST(mappings_of("{protocol: tcp, internal: 1}").at(0).description.empty());
}

BOOST_AUTO_TEST_CASE(are_refused_with_a_description_that_no_table_takes) {
    auto const complaint = [](std::string const& text) {
        return complaint_about_mapping("{protocol: tcp, internal: 1, description: " + text + "}");
    };
    std::string const at = "1:54: mappings[0].description: the description ";

    BOOST_TEST(complaint("''") == at + "is empty; write a text, or remove the key");
    BOOST_TEST(complaint("\"a\\nb\"") == at + "'a\\nb' holds control characters; write it without");
    BOOST_TEST(complaint(std::string(201, 'x')).ends_with("is too long; write at most 200 bytes"));
}

BOOST_AUTO_TEST_CASE(tell_a_lifetime_that_was_chosen_from_the_default) {
    auto const of = [](char const* text) {
        return accepted(std::string("mappings:\n  - {protocol: tcp, internal: 1") + text)
            .mappings.front();
    };

    BOOST_TEST(!of("}\n").lifetime_chosen);
    BOOST_TEST((of("}\n").lifetime == pmp::default_lifetime));
    BOOST_TEST(of(", lifetime: 2h}\n").lifetime_chosen);
    BOOST_TEST(of("}\nlifetime: 2h\n").lifetime_chosen);
}

BOOST_AUTO_TEST_CASE(keep_their_own_lifetime) {
    auto const read = accepted("mappings:\n"
                               "  - {protocol: tcp, internal: 1}\n"
                               "  - {protocol: tcp, internal: 2, lifetime: 60s}\n"
                               "lifetime: 1h\n");

    BOOST_TEST((read.mappings.at(0).lifetime == 1h));
    BOOST_TEST((read.mappings.at(1).lifetime == 60s));
}

BOOST_AUTO_TEST_CASE(leave_the_external_port_to_the_gateway_on_request) {
    BOOST_TEST(
        mappings_of("{protocol: udp, internal: 1, external: any}").front().suggested.port == 0
    );
}

BOOST_AUTO_TEST_CASE(take_ports_in_quotes) {
    BOOST_TEST(mappings_of("{protocol: udp, internal: \"22\"}").front().internal.port == 22);
}

BOOST_AUTO_TEST_CASE(stand_for_each_port_of_a_range) {
    auto const read = mappings_of("{name: game, protocol: udp, internal: 27015-27017}");

    BOOST_TEST(names_of(read) == range_names, boost::test_tools::per_element());
    BOOST_TEST(read.at(2).internal.port == 27017);
    BOOST_TEST(read.at(2).suggested.port == 27017);
}

BOOST_AUTO_TEST_CASE(of_a_range_are_named_after_protocol_and_port) {
    auto const read = mappings_of("{protocol: udp, internal: 5-6}");

    BOOST_TEST(read.at(0).name == "udp-5");
    BOOST_TEST(read.at(1).name == "udp-6");
}

BOOST_AUTO_TEST_CASE(of_a_range_of_one_port_carry_the_port_in_their_name) {
    BOOST_TEST(mappings_of("{name: game, protocol: udp, internal: 5-5}").at(0).name == "game-5");
}

BOOST_AUTO_TEST_CASE(of_a_range_have_external_ports_in_the_same_order) {
    auto const read = mappings_of("{protocol: udp, internal: 27015-27017, external: 30000}");

    BOOST_TEST(read.at(0).suggested.port == 30000);
    BOOST_TEST(read.at(2).suggested.port == 30002);
}

BOOST_AUTO_TEST_CASE(of_a_range_may_leave_the_external_ports_to_the_gateway) {
    auto const read = mappings_of("{protocol: udp, internal: 27015-27017, external: any}");

    BOOST_TEST(read.at(0).suggested.port == 0);
    BOOST_TEST(read.at(2).suggested.port == 0);
}

BOOST_AUTO_TEST_CASE(end_at_the_last_port_there_is) {
    auto const read = mappings_of("{protocol: tcp, internal: 65534-65535}");

    BOOST_REQUIRE(read.size() == 2U);
    BOOST_TEST(read.back().internal.port == 65535);
}

BOOST_AUTO_TEST_CASE(are_refused_without_what_they_need) {
    BOOST_TEST(
        complaint_about_mapping("{internal: 22}") ==
        "1:12: mappings[0]: the key 'protocol' is missing; it must be tcp, udp or both"
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp}") ==
        "1:12: mappings[0]: the key 'internal' is missing; it must be a port such as 22, a "
        "range such as 27015-27020, or any"
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: }") ==
        "1:28: mappings[0].internal: there is no value; write a port such as 22, a range "
        "such as 27015-27020, or any"
    );
}

BOOST_AUTO_TEST_CASE(are_refused_with_an_unknown_protocol) {
    BOOST_TEST(
        complaint_about_mapping("{protocol: TCP, internal: 1}") ==
        "1:23: mappings[0].protocol: 'TCP' is not known here; did you mean 'tcp'?"
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: 6, internal: 1}") ==
        "1:23: mappings[0].protocol: '6' is not known here; write tcp, udp or both"
    );
}

BOOST_AUTO_TEST_CASE(are_refused_with_an_internal_port_that_is_none) {
    auto const complaint = [](std::string const& port) {
        return complaint_about_mapping("{protocol: tcp, internal: " + port + "}");
    };
    std::string const at = "1:38: mappings[0].internal: ";

    for (std::string const text : {"ssh", "-1", "22-", "1-2-3", "0x16", "2e2", "22.0"})
        BOOST_TEST(
            complaint(text) == joined(
                                   {at,
                                    "'",
                                    text,
                                    "' is not a port; write a port such as 22, a range such as "
                                    "27015-27020, or any"}
                               ),
            text
        );
    for (std::string const text : {"0", "65536", "0-5", "5-65536", "99999999999999999999"})
        BOOST_TEST(
            complaint(text) ==
                joined({at, "'", text, "' is out of range; write ports from 1 to 65535"}),
            text
        );
    BOOST_TEST(complaint("9-5") == at + "the range '9-5' runs backwards; write 5-9");
}

BOOST_AUTO_TEST_CASE(are_refused_with_an_external_port_that_is_none) {
    auto const complaint = [](std::string const& port) {
        return complaint_about_mapping("{protocol: tcp, internal: 1, external: " + port + "}");
    };
    std::string const at = "1:51: mappings[0].external: ";

    BOOST_TEST(complaint("ssh") == at + "'ssh' is not a port; write a port such as 2222, or any");
    BOOST_TEST(
        complaint("65536") == at + "'65536' is out of range; write a port from 1 to 65535, or any"
    );
    BOOST_TEST(complaint("0") == at + "'0' is not a port; write any to let the gateway choose");
    BOOST_TEST(
        complaint("1-5") == at + "'1-5' is a range; write its first port, the others follow"
    );
}

BOOST_AUTO_TEST_CASE(are_refused_where_the_external_ports_run_out) {
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: 1-3, external: 65534}") ==
        "1:53: mappings[0].external: the external ports would run from 65534 to 65536; write "
        "at most 65533"
    );
    BOOST_TEST(complaint_about_mapping("{protocol: tcp, internal: 1-3, external: 65533}") == "");
}

// PCP-98
BOOST_AUTO_TEST_CASE(never_ask_for_the_gateways_own_ports) {
    std::string const sentence =
        "the external udp ports 5350 and 5351 are the gateway's own; write "
        "another port as 'external', or any";

    BOOST_TEST(
        complaint_about_mapping("{protocol: udp, internal: 5351}") ==
        "1:38: mappings[0].internal: " + sentence
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: udp, internal: 9, external: 5350}") ==
        "1:51: mappings[0].external: " + sentence
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: udp, internal: 1-9, external: 5345}") ==
        "1:53: mappings[0].external: " + sentence
    );
    for (auto const* fine :
         {"{protocol: tcp, internal: 5351}",
          "{protocol: udp, internal: 5351, external: 5352}",
          "{protocol: udp, internal: 5351, external: any}",
          "{protocol: udp, internal: 5340-5349}",
          "{protocol: udp, internal: 5352-5360}"})
        BOOST_TEST(complaint_about_mapping(fine) == "", fine);
}

BOOST_AUTO_TEST_CASE(cannot_be_exact_about_what_the_gateway_assigns) {
    auto const yaml =
        std::string("gateways: {default: {protocols: [nat-pmp]}}\n"
                    "mappings: [{protocol: tcp, internal: any, external: 2222, exact: true}]\n");

    BOOST_TEST(
        complaint_about(yaml) ==
        "2:66: mappings[0].exact: the gateway assigns the port of 'any', which cannot be an exact "
        "one; write that port as 'internal', or false here"
    );
}

BOOST_AUTO_TEST_CASE(cannot_be_exact_about_any_port) {
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: 1, external: any, exact: true}") ==
        "1:63: mappings[0].exact: an exact external port cannot be any; write a port as "
        "'external', or false here"
    );
    BOOST_TEST(
        complaint_about_mapping("{protocol: tcp, internal: 1, external: any, exact: false}") == ""
    );
}

BOOST_AUTO_TEST_CASE(have_different_names) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: ssh, protocol: tcp, internal: 22}\n"
                        "  - protocol: tcp\n"
                        "    internal: 23\n"
                        "    name: ssh\n") ==
        "5:11: mappings[1].name: the name 'ssh' is already used at line 2; write another as "
        "'name'"
    );
}

BOOST_AUTO_TEST_CASE(have_other_names_than_those_made_of_protocol_and_port) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: tcp-23, protocol: tcp, internal: 22}\n"
                        "  - {protocol: tcp, internal: 23}\n") ==
        "3:5: mappings[1]: the name 'tcp-23' is already used at line 2; write another as 'name'"
    );
}

BOOST_AUTO_TEST_CASE(have_other_names_than_those_of_a_range) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: game, protocol: udp, internal: 5-9}\n"
                        "  - {name: game-7, protocol: tcp, internal: 23}\n") ==
        "3:12: mappings[1].name: the name 'game-7' is already used at line 2; write another as "
        "'name'"
    );
}

BOOST_AUTO_TEST_CASE(have_different_names_also_where_one_is_wrong_otherwise) {
    BOOST_TEST(
        complaints_about("mappings:\n"
                         "  - {name: ssh, protocol: tcp, internal: x}\n"
                         "  - {name: ssh, protocol: tcp, internal: 23}\n")
            .size() == 2U
    );
}

BOOST_AUTO_TEST_CASE(are_refused_where_a_port_is_mapped_already) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: game, protocol: udp, internal: 5-9}\n"
                        "  - {name: echo, protocol: udp, internal: 7, external: 70}\n") ==
        "3:43: mappings[1].internal: udp port 7 at gateway 'default' is already mapped by "
        "'game-7' at line 2; remove one of the two"
    );
}

BOOST_AUTO_TEST_CASE(without_names_are_refused_once_for_the_same_port) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {protocol: udp, internal: 5-9}\n"
                        "  - {protocol: udp, internal: 8-12}\n") ==
        "3:31: mappings[1].internal: udp port 8 at gateway 'default' is already mapped by "
        "'udp-8' at line 2; remove one of the two"
    );
}

BOOST_AUTO_TEST_CASE(may_share_a_port_over_protocols_hosts_and_gateways) {
    BOOST_TEST(
        complaint_about("gateways: {default: , vpn: }\n"
                        "mappings:\n"
                        "  - {protocol: udp, internal: 5}\n"
                        "  - {name: nas, protocol: udp, internal: 5, host: 192.168.1.20}\n"
                        "  - {protocol: tcp, internal: 5}\n"
                        "  - {name: by-vpn, protocol: udp, internal: 5, gateway: vpn}\n") == ""
    );
}

BOOST_AUTO_TEST_CASE(are_refused_twice_of_one_host) {
    BOOST_TEST(
        complaint_about("mappings:\n"
                        "  - {name: a, protocol: udp, internal: 5, host: 192.168.1.20}\n"
                        "  - {name: b, protocol: udp, internal: 5, host: 192.168.1.20}\n") ==
        "3:40: mappings[1].internal: udp port 5 of 192.168.1.20 at gateway 'default' is already "
        "mapped by 'a' at line 2; remove one of the two"
    );
}

BOOST_AUTO_TEST_CASE(are_refused_at_an_unknown_gateway) {
    BOOST_TEST(
        complaint_about("mappings: [{protocol: udp, internal: 5, gateway: vnp}]\n"
                        "gateways: {default: , vpn: }\n"
        ) == "1:50: mappings[0].gateway: there is no gateway 'vnp'; did you mean 'vpn'?"
    );
    BOOST_TEST(
        complaint_about("mappings: [{protocol: udp, internal: 5}]\ngateways: {vpn: }\n") ==
        "1:12: mappings[0]: there is no gateway 'default'; describe it under 'gateways', or "
        "write the name of one that is there"
    );
}

BOOST_AUTO_TEST_CASE(are_not_blamed_for_gateways_that_cannot_be_read) {
    BOOST_TEST(
        complaints_about("gateways: [vpn]\nmappings: [{protocol: udp, internal: 5, gateway: vpn}]\n"
        )
            .size() == 1U
    );
}

BOOST_AUTO_TEST_CASE(have_names_that_can_be_printed) {
    BOOST_TEST(
        complaint_about_mapping("{name: '', protocol: tcp, internal: 1}") ==
        "1:19: mappings[0].name: the name is empty; write a name such as ssh"
    );
    BOOST_TEST(
        complaint_about_mapping("{name: \"a\\nb\", protocol: tcp, internal: 1}") ==
        "1:19: mappings[0].name: the name 'a\\nb' holds control characters; write it without"
    );
    BOOST_TEST(
        complaint_about_mapping(
            "{name: " + std::string(65, 'x') + ", protocol: tcp, internal: 1}"
        ) == "1:19: mappings[0].name: the name '" + std::string(59, 'x') +
                 "...' is too long; write at most 64 bytes"
    );
    BOOST_TEST(
        mappings_of("{name: zu hause ä, protocol: tcp, internal: 1}").at(0).name == "zu hause ä"
    );
}

BOOST_AUTO_TEST_CASE(that_are_no_maps_are_refused) {
    BOOST_TEST(
        complaint_about("mappings: [22]") ==
        "1:12: mappings[0]: must be a map such as {protocol: tcp, internal: 22}, not '22'"
    );
    BOOST_TEST(
        complaint_about(
            "mappings:\n  - {protocol: tcp, internal: 1}\n  -\n  - {protocol: tcp, internal: 2}\n"
        ) == "3:3: mappings[1]: there is no value; write a map such as {protocol: tcp, internal: "
             "22}, or remove the item"
    );
}

BOOST_AUTO_TEST_CASE(can_share_values_by_aliases) {
    auto const read = accepted("mappings:\n"
                               "  - {protocol: &p tcp, internal: 1, lifetime: &l 1h}\n"
                               "  - {protocol: *p, internal: 2, lifetime: *l}\n");

    BOOST_TEST((read.mappings.at(1).protocol == pmp::transport::tcp));
    BOOST_TEST((read.mappings.at(1).lifetime == 1h));
}

BOOST_AUTO_TEST_SUITE_END()
