# SPDX-License-Identifier: MIT
"""What a mapping can ask for, from the file to the wire."""
import re

from control import ask
from harness import DaemonTest, wait_until

VPN = ("--protocols", "nat-pmp", "--vice", "maps-port-zero", "--vice", "short-leases")


class Wishes(DaemonTest):
    def write(self, *mappings, protocols="pcp, nat-pmp", settings=""):
        self.config.write_text(
            settings
            + f"gateways:\n  default: {{address: {self.address}, source: 127.0.0.1, protocols: [{protocols}]}}\n"
            + "mappings:\n" + "".join(f"  - {{{each}}}\n" for each in mappings)
        )

    def lease(self, name):
        return next(each for each in ask(self.control, "status")["leases"] if each["mapping"] == name)

    def rows(self, gateway):
        """(protocol, internal endpoint, external port), of what the gateway holds."""
        start = len(gateway.served())
        gateway.perform("table", r"^\d+ mappings?$")
        words = [line.split() for line in gateway.served()[start:]]
        return sorted((row[0], row[1], int(row[2].rsplit(":", 1)[1])) for row in words if row[0] in ("tcp", "udp"))

    def refusal(self, mapping, protocols):
        """Why it is refused at the gateway that is there."""
        self.write(f"name: it, protocol: tcp, internal: 22, {mapping}", protocols=protocols)
        daemon = self.keep()
        daemon.log.wait(" error refused it: ")
        error = self.lease("it")["error"]
        daemon.terminate()
        return error

    def test_both_get_one_number(self):
        for protocols in ("pcp", "nat-pmp"):
            with self.subTest(protocols):
                gateway = self.gateway("--protocols", protocols)
                self.write("name: game, protocol: both, internal: 27015", protocols=protocols)

                daemon = self.keep_open("game-tcp", "game-udp")

                self.assertEqual(
                    self.rows(gateway),
                    [("tcp", "127.0.0.1:27015", 27015), ("udp", "127.0.0.1:27015", 27015)])
                self.assertEqual(daemon.terminate(), 0)
                self.assertEqual(self.rows(gateway), [])
                gateway.stop()

    def test_both_are_refused_where_no_number_suits_them(self):
        gateway = self.gateway("--vice", "grants-other-port")
        self.write("name: game, protocol: both, internal: 27015")

        daemon = self.keep()

        for name in ("game-tcp", "game-udp"):
            daemon.log.wait(f"refused {name}: ")
            self.assertEqual(self.lease(name)["error"]["name"], "no_common_port")
        wait_until(lambda: not self.rows(gateway))
        self.assertFalse([line for line in daemon.log.all() if "acquired" in line])

    def test_any_is_the_number_that_the_gateway_assigns(self):
        told = self.dir / "told"
        gateway = self.gateway(*VPN)
        hook = f'hooks: [{{on: [acquired], run: [/bin/sh, -c, "echo $PMP_INTERNAL_PORT $PMP_EXTERNAL_PORT > {told}"]}}]\n'
        self.write("name: torrent, protocol: tcp, internal: any", protocols="nat-pmp", settings=hook)

        daemon = self.keep_open("torrent")

        lease = self.lease("torrent")
        self.assertEqual(lease["internal"]["port"], lease["external"]["port"])
        self.assertEqual(lease["lifetime"], 60)
        wait_until(lambda: told.read_text() == "{0} {0}\n".format(lease["external"]["port"]))
        gateway.lines.wait(r"nat-pmp map tcp 127\.0\.0\.1:0 suggested 0\.0\.0\.0:1 lifetime 60 ")
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(len(self.rows(gateway)), 1)
        self.assertFalse([line for line in gateway.served() if re.search(r"remove|delete", line)])

    def test_another_host_is_refused_where_the_gateway_maps_for_none(self):
        for protocols in ("pcp", "nat-pmp"):
            with self.subTest(protocols):
                gateway = self.gateway("--protocols", protocols)
                error = self.refusal("host: 192.168.1.20", protocols)
                self.assertEqual((error["category"], error["name"]), ("pmp", "no_third_party"))
                self.assertEqual(self.rows(gateway), [])
                gateway.stop()

    def test_some_are_let_in_or_nobody(self):
        gateway = self.gateway("--protocols", "pcp", "--vice", "ignores-filters")
        error = self.refusal("allow: [198.51.100.0/24]", "pcp")
        self.assertEqual(error["name"], "no_filter")
        wait_until(lambda: not self.rows(gateway))

    def test_all_are_let_in_where_they_may(self):
        gateway = self.gateway("--protocols", "nat-pmp")
        self.write(
            "name: it, protocol: tcp, internal: 22, allow: [198.51.100.0/24], allow_unfiltered: true",
            protocols="nat-pmp")

        self.keep_open("it")

        self.assertEqual(self.rows(gateway), [("tcp", "127.0.0.1:22", 22)])
