// SPDX-License-Identifier: MIT
#include "parsing.hpp"

namespace {

constexpr auto const* file = R"(lifetme: 2h
release_on_exit: maybe
mappings:
  - name: ssh
    protocol: TCP
    internal: 22
    protcol: tcp
  - {name: ssh, protocol: both, internal: any, host: nas}
  - {protocol: udp, internal: 5351, gateway: vpm}
  -
  - {protocol: tcp, internal: 27015-27020, external: 65535}
  - {protocol: tcp, internal: 27017, lifetime: 1s, lifetime: 1h}
  - {protocol: tcp, internal: 65536, colour: red}
gateways:
  default: {address: 224.0.0.1, protocols: [pcp, direct, pcp]}
  vpn: {address: 10.2.0.1, source: "fe80::1"}
  vpn: {}
log: {level: warning, target: /var/log/pmpd.log}
state: [a]
)";

constexpr auto const* expected = R"(1:1: unknown key 'lifetme'; did you mean 'lifetime'?
2:18: release_on_exit: 'maybe' is neither true nor false; write true or false
5:15: mappings[0].protocol: 'TCP' is not known here; did you mean 'tcp'?
7:5: mappings[0]: unknown key 'protcol'; did you mean 'protocol'?
8:43: mappings[1].internal: 'any' can be asked by NAT-PMP alone; write 'protocols: [nat-pmp]' at the gateway 'default', or a port here
8:54: mappings[1].host: 'nas' is not an IPv4 address; write the IPv4 address of a machine on the LAN
9:31: mappings[2].internal: the external udp ports 5350 and 5351 are the gateway's own; write another port as 'external', or any
9:46: mappings[2].gateway: there is no gateway 'vpm'; did you mean 'vpn'?
10:3: mappings[3]: there is no value; write a map such as {protocol: tcp, internal: 22}, or remove the item
11:54: mappings[4].external: the external ports would run from 65535 to 65540; write at most 65530
12:31: mappings[5].internal: tcp port 27017 at gateway 'default' is already mapped by 'tcp-27017' at line 11; remove one of the two
12:48: mappings[5].lifetime: '1s' is too short; write at least 10s
12:52: mappings[5]: the key 'lifetime' is already used at line 12; keep one of them
13:31: mappings[6].internal: '65536' is out of range; write ports from 1 to 65535
13:38: mappings[6]: unknown key 'colour'; it can be name, protocol, internal, external, exact, lifetime, gateway, host, address_family, allow, allow_unfiltered or description
15:22: gateways.default.address: '224.0.0.1' is a multicast address; write the gateway's address, or auto
15:50: gateways.default.protocols[1]: 'direct' is not supported by this version of pmp ()" PMP_VERSION
                                 R"(); write pcp, nat-pmp or upnp
15:58: gateways.default.protocols[2]: 'pcp' is in the list twice; keep one of them
16:36: gateways.vpn.source: an IPv6 address cannot reach the gateway's IPv4 address 10.2.0.1; write an IPv4 address, or auto
17:3: gateways: the name 'vpn' is already used at line 16; keep one of them
18:14: log.level: 'warning' is not known here; did you mean 'warn'?
18:31: log.target: '/var/log/pmpd.log' is not known here; write file: before the path of a file
19:8: state: must be the path of a file, not a list)";

} // namespace

BOOST_AUTO_TEST_SUITE(config_problems)

BOOST_AUTO_TEST_CASE(are_all_told_at_once_in_the_order_of_the_file) {
    BOOST_TEST(complaint_about(file) == expected);
}

BOOST_AUTO_TEST_CASE(print_as_compilers_print_theirs) {
    BOOST_TEST(
        to_string(pmp::config::problem{3, 14, "wrong"}, "a/b.yaml") == "a/b.yaml:3:14: wrong"
    );
}

BOOST_AUTO_TEST_CASE(of_the_file_as_a_whole_print_without_a_line) {
    BOOST_TEST(to_string(pmp::config::problem{0, 0, "wrong"}, "a/b.yaml") == "a/b.yaml: wrong");
}

BOOST_AUTO_TEST_CASE(show_no_control_characters) {
    BOOST_TEST(
        complaint_about("\"\\e[31m\\u202e\\u0085\": x") ==
        "1:1: unknown key '\\x1B[31m\\u202E\\x85'; it can be lifetime, release_on_exit, "
        "release_timeout, verify, gateways, mappings, hooks, state, control, metrics or log"
    );
}

BOOST_AUTO_TEST_CASE(show_the_beginning_of_a_long_text) {
    BOOST_TEST(
        complaint_about("release_on_exit: " + std::string(100'000, 'x')) ==
        "1:18: release_on_exit: '" + std::string(59, 'x') +
            "...' is neither true nor false; write true or false"
    );
}

BOOST_AUTO_TEST_CASE(cut_a_long_text_between_characters) {
    std::string text;
    std::string shown;
    for (int i = 0; i < 100; ++i)
        text += "\u00e4";
    for (int i = 0; i < 30; ++i)
        shown += "\u00e4";

    BOOST_TEST(
        complaint_about("release_on_exit: " + text) ==
        "1:18: release_on_exit: '" + shown + "...' is neither true nor false; write true or false"
    );
}

BOOST_AUTO_TEST_SUITE_END()
