# SPDX-License-Identifier: MIT
"""The lab itself: it has to be believed before it is used."""

import itertools
import socket

from bounded import until
from nat_gateway import Mapping
from scenario import Scenario

INTERNAL = ("192.168.77.2", 8001)
ADDRESS_REQUEST = bytes(2)  # RFC 6886 3.2


class TheLab(Scenario):
    def setUp(self):
        super().setUp()
        self.gateway.start()

    def natpmpc(self, assigned_port, port, protocol, lifetime=600):
        return self.lab.inside.run("natpmpc", "-g", self.gateway.address, "-a", str(assigned_port),
                                   str(port), protocol, str(lifetime))

    def test_lets_bytes_cross_where_natpmpc_has_mapped_a_port(self):
        for protocol in ("tcp", "udp"):
            assigned = (self.gateway.external, 40001)
            self.check_closed(protocol, INTERNAL, assigned)

            told = self.natpmpc(40001, 8001, protocol)

            self.assertIn("Mapped public port 40001", told)
            self.check_open(protocol, INTERNAL, assigned)

    def test_sees_each_mapping_in_the_kernel_and_in_the_lease_file(self):
        self.natpmpc(40001, 8001, "tcp")
        self.natpmpc(40002, 8002, "udp")

        expected = [Mapping("tcp", 40001, "192.168.77.2", 8001),
                    Mapping("udp", 40002, "192.168.77.2", 8002)]
        self.assertEqual(self.gateway.mappings(), expected)
        self.assertEqual(self.gateway.leases(), expected)

    def test_lets_nothing_cross_after_a_deletion(self):
        for protocol in ("tcp", "udp"):
            self.natpmpc(40001, 8001, protocol)

            self.natpmpc(0, 8001, protocol, lifetime=0)

            self.check_closed(protocol, INTERNAL, (self.gateway.external, 40001))
            self.assertEqual(self.gateway.mappings(), [])

    def test_hears_the_gateway_announce_itself_by_pcp_alone_when_it_reboots(self):
        self.natpmpc(40001, 8001, "tcp")
        capture = self.capture()

        self.gateway.reboot()

        self.assertEqual(self.gateway.mappings(), [])
        announced = until(lambda: announcements(capture), "the gateway announces itself")
        self.assertEqual({each.payload[:2] for each in announced}, {b"\x02\x80"})
        self.assertEqual(announced[0].payload[8:12], bytes(4), "the epoch is 0")

    def test_announces_another_external_address_by_both_protocols(self):
        capture = self.capture()

        self.gateway.change_external_address("11.22.33.44")

        until(lambda: {b"\x02\x80", b"\x00\x80"} <= {e.payload[:2] for e in announcements(capture)},
              "the gateway announces by both protocols")
        told = self.lab.inside.run("natpmpc", "-g", self.gateway.address)
        self.assertIn("11.22.33.44", told)

    def test_loses_30_percent_each_way(self):
        loss, loss_back = self.lose_30_percent()

        with self.lab.inside.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for _ in range(100):
                client.sendto(ADDRESS_REQUEST, (self.gateway.address, 5351))

            until(lambda: loss.counted() == (100, 30),
                  lambda: f"30 of 100 requests are lost: {loss.counted()}")
            until(lambda: loss_back.counted() == (70, 21),
                  lambda: f"21 of 70 answers are lost: {loss_back.counted()}")

    def test_refuses_to_run_where_a_way_leads_out(self):
        self.lab.check_confined()
        ways_out = ["198.51.100.0/24", "default"]
        for way, namespace in itertools.product(ways_out, self.lab.all_namespaces()):
            device = "lan" if namespace is self.gateway.namespace else "eth0"
            namespace.ip("route", "add", way, "dev", device, "table", "7")

            self.assertRaisesRegex(AssertionError, "leads out", self.lab.check_confined)

            namespace.ip("route", "flush", "table", "7")
        self.lab.check_confined()


def announcements(capture):
    return [each for each in capture.datagrams() if each.destination == ("224.0.0.1", 5350)]
