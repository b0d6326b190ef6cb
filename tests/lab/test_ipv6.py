# SPDX-License-Identifier: MIT
"""Pinholes in the firewall of a real gateway, for a global address of IPv6."""

import time

from bounded import SLACK, until
from crossing import exchange
from lab import PREFIXES, ROUTER, host_in
from pmpd import JITTER
from programs import PMP_GATEWAY
from scenario import Scenario, tcp, udp

EXIT_ORDERLY = 0
SOON = 5
BY_PCP = {"default": {"protocols": ["pcp"]}}
BY_UPNP = {"default": {"protocols": ["upnp"]}}
# RFC 6887 8.5: no clock is that exact, and a restart sooner after the start is not to be seen.
TOLERANCE = 2


class Ipv6(Scenario):
    def setUp(self):
        super().setUp()
        self.lab.add_ipv6()
        self.gateway.start()
        self.internal = host_in(PREFIXES[0])

    def check_pinhole(self, protocol, port, address=None):
        end = (address or self.internal, port)
        self.check_open(protocol, end, end)

    def check_no_pinhole(self, protocol, port, address=None):
        end = (address or self.internal, port)
        self.check_closed(protocol, end, end)

    def test_bytes_cross_from_an_outside_host(self):
        self.check_no_pinhole("tcp", 8001)

        pmpd = self.pmpd([tcp(8001, address_family="ipv6"), udp(8002, address_family="ipv6")])
        held = pmpd.start().wait_held()

        self.check_pinhole("tcp", 8001)
        self.check_pinhole("udp", 8002)
        self.check_no_pinhole("tcp", 8003)
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")

    def test_one_port_is_open_in_both_families(self):
        self.start([tcp(8001, name="web", address_family="both")])

        self.check_pinhole("tcp", 8001)
        self.check_open("tcp", (self.lab.address, 8001), (self.gateway.external, 8001))

    def test_nothing_is_open_after_the_end(self):
        pmpd = self.start([tcp(8001, address_family="ipv6")])

        status, _ = pmpd.stop(within=SOON)

        self.assertEqual(status, EXIT_ORDERLY)
        self.check_no_pinhole("tcp", 8001)

    def test_a_pinhole_moves_with_the_prefix(self):
        self.check_moves_with_the_prefix()

    def test_a_pinhole_by_upnp_moves_with_the_prefix(self):
        self.check_moves_with_the_prefix(gateways=BY_UPNP)

    def test_bytes_cross_through_pinholes_by_upnp(self):
        self.check_no_pinhole("tcp", 8001)

        pmpd = self.pmpd([tcp(8001, address_family="ipv6"), udp(8002, address_family="ipv6")],
                         gateways=BY_UPNP)
        held = pmpd.start().wait_held()

        self.assertEqual({each["via"] for each in held.values()}, {"upnp"})
        self.check_pinhole("tcp", 8001)
        self.check_pinhole("udp", 8002)
        self.check_no_pinhole("tcp", 8003)
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")

    def test_upnp_opens_what_pcp_is_not_answered_for(self):
        self.gateway.namespace.run(
            "nft", "add table inet deaf; add chain inet deaf in "
            "{ type filter hook input priority -10; }; add rule inet deaf in udp dport 5351 drop")

        pmpd = self.start([tcp(8001, address_family="ipv6")])

        self.assertEqual(pmpd.held()["tcp-8001"].via, "upnp")
        self.check_pinhole("tcp", 8001)

    def test_pinholes_by_upnp_are_closed_at_the_end(self):
        pmpd = self.start([tcp(8001, address_family="ipv6")], gateways=BY_UPNP)

        status, _ = pmpd.stop(within=SOON)

        self.assertEqual(status, EXIT_ORDERLY)
        self.assertNotIn(self.internal, self.pinholes())
        self.check_no_pinhole("tcp", 8001)

    def test_a_later_run_closes_the_pinholes_by_upnp_of_one_that_was_killed(self):
        pmpd = self.start([tcp(8001, address_family="ipv6")], gateways=BY_UPNP)
        until(lambda: pmpd.state_file.exists() and "8001" in pmpd.state_file.read_text(),
              "the state file tells of the pinhole")
        pmpd.kill()
        pmpd.configure([tcp(8002, address_family="ipv6")])

        pmpd.start().wait_held()

        self.check_pinhole("tcp", 8002)
        until(lambda: "8001" not in self.pinholes(), self.pinholes)

    def check_moves_with_the_prefix(self, **settings):
        pmpd = self.start([tcp(8001, address_family="ipv6")], **settings)
        since = pmpd.mark()

        self.lab.renumber()
        pmpd.wait_held(since=since)

        self.check_pinhole("tcp", 8001, host_in(PREFIXES[1]))
        former = (self.internal, 8001)
        until(lambda: exchange(self.lab.inside, self.lab.outside, "tcp", former, former), self.pinholes)

    def pinholes(self):
        return self.gateway.namespace.run("nft", "list", "chain", "inet", "filter", "miniupnpd")


class Announcements(Scenario):
    """miniupnpd 2.3.1 announces nothing to ff02::1: a simulated gateway does."""

    def setUp(self):
        super().setUp()
        self.lab.add_ipv6()

    def play(self):
        with open(self.lab.directory / "pmp-gateway.log", "ab") as log:
            gateway = self.gateway.namespace.spawn(
                [PMP_GATEWAY, "--listen", f"{ROUTER}%lan", "--protocols", "pcp"], log)
        until(self.is_there, "pmp-gateway listens")
        return gateway

    def is_there(self):
        return ROUTER in self.gateway.namespace.run("ss", "-Hlun", "sport = 5351")

    def test_a_restart_that_is_told_to_all_nodes_is_made_good_at_once(self):
        gateway = self.play()
        pmpd = self.start([tcp(8001, address_family="ipv6")], gateways=BY_PCP)
        time.sleep(TOLERANCE + 1)
        since = pmpd.mark()

        gateway.kill()
        gateway.wait()
        self.play()

        pmpd.wait_for("gateway_rebooted", since=since)
        pmpd.wait_for("renewed", JITTER + SLACK, since=since, mapping="tcp-8001")
