# SPDX-License-Identifier: MIT
"""Pinholes, at a gateway on the one address of IPv6 that every machine has."""
import fcntl
import tempfile
from pathlib import Path

from control import ask
from harness import DaemonTest, Gateway

LOOPBACK = "::1"


class Ipv6(DaemonTest):
    def setUp(self):
        super().setUp()
        # Tests of other processes want the same port of the same address.
        lock = open(Path(tempfile.gettempdir()) / "pmp-test-ipv6.lock", "w", encoding="ascii")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.six = Gateway(LOOPBACK, "--protocols", "pcp")
        self.addCleanup(self.six.stop)
        self.four = self.gateway("--protocols", "pcp")

    def write(self, *mappings):
        self.config.write_text(
            "gateways:\n"
            f"  default: {{address: {self.address}, source: 127.0.0.1}}\n"
            f"  six: {{address: '{LOOPBACK}'}}\n"
            "mappings:\n" + "".join(f"  - {{{each}}}\n" for each in mappings)
        )

    def leases(self):
        return {each["mapping"]: each for each in ask(self.control, "status")["leases"]}

    def test_opens_a_pinhole_beside_a_mapping(self):
        self.write(
            "name: ssh, protocol: tcp, internal: 22, external: 2222",
            "name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6",
        )

        self.keep_open("ssh", "ssh6")

        self.assertEqual(self.four.table()[22][0], 2222)
        pinhole = self.leases()["ssh6"]
        self.assertEqual(pinhole["address_family"], "ipv6")
        self.assertEqual(pinhole["external"], {"address": LOOPBACK, "port": 22})
        self.assertEqual(pinhole["gateway"]["address"], LOOPBACK)
        self.assertEqual(self.leases()["ssh"]["address_family"], "ipv4")

    def test_closes_the_pinhole_when_it_stops(self):
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")
        daemon = self.keep_open("ssh6")

        self.assertEqual(daemon.terminate(), 0)

        self.six.lines.wait("delete tcp .* -> SUCCESS")

    def test_keeps_the_nonce_of_a_pinhole_over_a_restart(self):
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")
        daemon = self.keep_open("ssh6")
        daemon.kill()
        start = len(self.six.lines.all())

        self.keep_open("ssh6")

        self.six.lines.wait("map tcp .* -> SUCCESS", start)
