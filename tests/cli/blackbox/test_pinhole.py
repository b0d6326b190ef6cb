# SPDX-License-Identifier: MIT
"""Pinholes, at a gateway on the one address of IPv6 that every machine has."""
import fcntl
import json
import tempfile
import time
from pathlib import Path

from harness import Gateway
from pmp_harness import PmpTest

UPNP = ("--protocols", "upnp")


class Pinhole(PmpTest):
    def setUp(self):
        super().setUp()
        # Tests of other processes want the same port of the same address.
        lock = open(Path(tempfile.gettempdir()) / "pmp-test-ipv6.lock", "w", encoding="ascii")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.address = "::1"

    def play(self, *arguments):
        gateway = Gateway(self.address, "--igd", "2", *arguments)
        self.addCleanup(gateway.stop)
        return gateway

    def test_is_opened_and_closed(self):
        gateway = self.play("--protocols", "upnp")

        done = self.pmp("map", 8080, *UPNP)

        self.check_done(done)
        self.assertIn("[::1]:8080 -> [::1]:8080  1 h  upnp", done.stdout)
        self.assertEqual(len(gateway.table()), 1)
        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)
        self.assertEqual(gateway.table(), {})

    def test_that_is_not_remembered_is_not_looked_for_in_vain(self):
        gateway = self.play("--protocols", "upnp")
        begin = time.monotonic()

        done = self.pmp("unmap", 8080, "--timeout", "30s", "--quiet")

        self.check_failed(done, 1, "remembers no mapping of tcp port 8080", "8080 --protocols upnp closes it")
        self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(gateway.table(), {})
        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)

    def test_is_not_asked_for_at_another_port(self):
        for spoken in ("upnp", "pcp"):
            with self.subTest(protocol=spoken):
                gateway = self.play("--protocols", spoken)

                done = self.pmp("map", 24, 2424, "--exact", "--protocols", spoken)

                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn("an IPv6 pinhole has no other port than the internal one", done.stderr)
                self.assertEqual(gateway.table(), {})
                gateway.stop()

    def test_is_not_told_where_the_firewall_is_off(self):
        self.play("--protocols", "upnp", "--vice", "firewall-off")

        done = self.pmp("map", 8080, *UPNP)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "tcp  [::1]:8080 -> [::1]:8080  -  direct\n")
        self.assertEqual(done.stderr, "pmp: the IPv6 firewall of gateway ::1 is off and lets "
                                      "everything in: nothing was mapped, or has to be\n")

    def test_is_not_told_in_json_where_the_firewall_is_off(self):
        self.play("--protocols", "upnp", "--vice", "firewall-off")

        told = json.loads(self.pmp("map", 8080, "--json", *UPNP).stdout)

        self.assertEqual(told["external"], {"address": "::1", "port": 8080})
        self.assertEqual((told["via"], told["lifetime"], told["remaining"]), ("direct", None, None))
        self.assertIsNone(told["gateway"]["epoch"])

    def test_is_not_tried_where_the_firewall_is_off(self):
        gateway = self.play("--protocols", "upnp", "--vice", "firewall-off")

        done = self.pmp("doctor", "--json", *UPNP, "--control", self.control)

        told = json.loads(done.stdout)
        steps = {each["step"]: each for each in told["steps"]}
        self.assertEqual((done.returncode, told["verdict"]["name"]), (0, "direct"), told)
        self.assertRegex(told["verdict"]["sentence"], "firewall of gateway ::1 is off")
        self.assertEqual(steps["trial"]["result"], "skipped")
        self.assertNotRegex(done.stdout, "made by|confirmed|by direct")

    def test_is_not_deleted_where_the_firewall_is_off(self):
        self.play("--protocols", "upnp", "--vice", "firewall-off")
        self.pmp("map", 8080, *UPNP)

        done = self.pmp("unmap", 8080, "--protocol", "tcp", "--json", *UPNP)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIs(json.loads(done.stdout)["deleted"], False)
        self.assertIn("there is nothing to delete, and tcp port 8080 stays open", done.stderr)

    def test_that_was_made_is_not_deleted_where_the_firewall_has_been_switched_off(self):
        gateway = self.play("--protocols", "upnp")
        self.pmp("map", 8080, *UPNP)
        gateway.perform("vice firewall-off on", "vice firewall-off on")

        done = self.pmp("unmap", 8080, *UPNP)

        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("there is nothing to delete", done.stderr)
        self.assertNotIn("deleted tcp", done.stderr)

    def test_is_asked_for_by_what_knows_ipv6(self):
        self.play("--protocols", "pcp", "--vice", "silent")
        for verb in (["map", 8080], ["discover"], ["doctor"]):
            with self.subTest(verb):
                done = self.pmp(*verb, "--timeout", "1s")

                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertNotRegex(done.stdout + done.stderr, "(?i)nat-pmp")

    def test_is_not_asked_for_by_what_does_not(self):
        self.play()

        done = self.pmp("map", 8080, "--protocols", "nat-pmp")

        self.check_failed(done, 1, "can't be asked to map tcp port 8080 by nat-pmp, which knows no IPv6")

    def test_is_not_looked_into_by_what_does_not(self):
        self.play()

        done = self.pmp("doctor", "--protocols", "nat-pmp", "--control", self.control)

        self.check_failed(done, 1, "can't be asked to tell what it speaks by nat-pmp, which knows no IPv6")

    def test_is_told_soon_where_the_gateway_refuses_to_answer(self):
        self.play("--protocols", "upnp", "--vice", "upnp-error=501")
        for verb in (["map", 8080], ["discover"], ["doctor"]):
            with self.subTest(verb):
                began = time.monotonic()

                done = self.pmp(*verb)

                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stdout + done.stderr, "Action Failed")
                self.assertLess(time.monotonic() - began, 6)
