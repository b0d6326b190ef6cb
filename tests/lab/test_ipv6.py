# SPDX-License-Identifier: MIT
"""Pinholes in the firewall of a real gateway, for a global address of IPv6."""

from bounded import until
from lab import PREFIXES, host_in
from scenario import Scenario, tcp, udp

EXIT_ORDERLY = 0
SOON = 5


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
        pmpd = self.start([tcp(8001, address_family="ipv6")])
        since = pmpd.mark()

        self.lab.renumber()
        pmpd.wait_held(since=since)

        self.check_pinhole("tcp", 8001, host_in(PREFIXES[1]))
        until(lambda: self.internal not in self.pinholes(), self.pinholes)
        self.check_no_pinhole("tcp", 8001)

    def pinholes(self):
        return self.gateway.namespace.run("nft", "list", "chain", "inet", "filter", "miniupnpd")
