# SPDX-License-Identifier: MIT
"""Pinholes, at a gateway on the one address of IPv6 that every machine has."""
import fcntl
import tempfile
from pathlib import Path

from control import ask
from harness import DaemonTest, Gateway, wait_until

LOOPBACK = "::1"


class Ipv6(DaemonTest):
    def setUp(self):
        super().setUp()
        # Tests of other processes want the same port of the same address.
        lock = open(Path(tempfile.gettempdir()) / "pmp-test-ipv6.lock", "w", encoding="ascii")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.four = self.gateway("--protocols", "pcp")

    def play(self, *arguments):
        """A gateway of IPv6."""
        self.six = Gateway(LOOPBACK, *arguments)
        self.addCleanup(self.six.stop)

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
        self.play("--protocols", "pcp")
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
        self.play("--protocols", "pcp")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")
        daemon = self.keep_open("ssh6")

        self.assertEqual(daemon.terminate(), 0)

        self.six.lines.wait("delete tcp .* -> SUCCESS")

    def test_opens_and_closes_a_pinhole_by_upnp(self):
        self.play("--protocols", "upnp", "--igd", "2")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")

        daemon = self.keep_open("ssh6")

        pinhole = self.leases()["ssh6"]
        self.assertEqual(pinhole["via"], "upnp")
        self.assertEqual(pinhole["external"], {"address": LOOPBACK, "port": 22})
        self.assertEqual(len(self.six.table()), 1)
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(self.six.table(), {})

    def test_renews_a_pinhole_by_upnp(self):
        self.play("--protocols", "upnp", "--igd", "2")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6, "
                   "lifetime: 10s")
        daemon = self.keep_open("ssh6")
        renewal = len(self.six.served())

        self.six.lines.wait("upnp map tcp .* -> SUCCESS", renewal, timeout=12)

        self.assertFalse([line for line in daemon.log.all() if "lost ssh6" in line])

    def test_makes_a_pinhole_again_that_a_restart_has_closed(self):
        self.play("--protocols", "upnp", "--igd", "2", "--vice", "http-new-port")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6, "
                   "lifetime: 10s")
        self.keep_open("ssh6")

        self.six.perform("reboot", "rebooted")

        wait_until(lambda: len(self.six.table()) == 1, 15)

    def test_needs_no_pinhole_where_the_firewall_is_off(self):
        self.play("--protocols", "upnp", "--igd", "2", "--vice", "firewall-off")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")

        daemon = self.keep_open("ssh6")

        daemon.log.wait("acquired ssh6: .*nothing had to be opened, the gateway's firewall lets it in")
        pinhole = self.leases()["ssh6"]
        self.assertEqual((pinhole["via"], pinhole["lifetime"]), ("direct", None))
        self.assertEqual(self.six.table(), {})
        self.assertEqual(daemon.terminate(), 0)
        self.assertFalse([line for line in daemon.log.all() if " warn " in line])

    def test_tells_why_a_pinhole_is_refused(self):
        self.play("--protocols", "upnp", "--igd", "2", "--vice", "pinholes-forbidden")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")

        daemon = self.daemon()

        daemon.log.wait("refused.*ssh6.*InboundPinholeNotAllowed")

    def test_keeps_the_nonce_of_a_pinhole_over_a_restart(self):
        self.play("--protocols", "pcp")
        self.write("name: ssh6, protocol: tcp, internal: 22, gateway: six, address_family: ipv6")
        daemon = self.keep_open("ssh6")
        daemon.kill()
        start = len(self.six.served())

        self.keep_open("ssh6")

        self.six.lines.wait("map tcp .* -> SUCCESS", start)
