# SPDX-License-Identifier: MIT
"""Gateways of UPnP that answer otherwise than the simulated one does."""
import json
import threading

from harness import PATIENCE
from pmp_harness import PmpTest
from scripted_igd import HttpError, Refused, ScriptedIgd, Silence

UPNP = ("--protocols", "upnp")


def raises(error):
    def script(_):
        raise error
    return script


class OddIgdTest(PmpTest):
    def igd(self, **how):
        gateway = ScriptedIgd(self.address, **how)
        self.addCleanup(gateway.stop)
        return gateway


class ExternalAddress(OddIgdTest):
    """That is not told, by a gateway that is connected."""

    HOW = {
        "HTTP error": (raises(HttpError(500)), "its HTTP server refuses what it is asked"),
        "UPnP error": (raises(Refused(501)), r"Action Failed|ACTION_FAILED|\(upnp 501\)"),
        "no address": (lambda _: {"ExternalIPAddress": "unknown"}, "can't be read"),
        "other family": (lambda _: {"ExternalIPAddress": "2001:db8::7"}, "can't be read"),
    }

    def test_is_not_said_to_be_missing(self):
        gateway = self.igd()
        for name, (script, words) in self.HOW.items():
            with self.subTest(name):
                gateway.on("GetExternalIPAddress", script)

                done = self.pmp("external-address", *UPNP, "--timeout", "5s")

                self.check_failed(done, 1, words)
                self.assertNotRegex(done.stderr, "not connected|own connection")

    def test_is_not_said_to_be_missing_by_doctor(self):
        gateway = self.igd()
        for name, (script, words) in self.HOW.items():
            with self.subTest(name):
                gateway.on("GetExternalIPAddress", script)

                done = self.pmp("doctor", "--json", *UPNP, "--control", self.control, "--timeout", "5s")

                told = json.loads(done.stdout)
                steps = {each["step"]: each for each in told["steps"]}
                self.assertEqual(
                    (told["verdict"]["name"], done.returncode), ("unread_external_address", 1), told)
                self.assertRegex(told["verdict"]["sentence"], words)
                self.assertNotRegex(done.stdout, "not connected|own connection")
                self.assertEqual(steps["trial"]["result"], "ok", told)
                self.assertEqual(gateway.table, {})

    def test_is_not_said_to_be_missing_by_doctor_without_a_trial(self):
        self.igd().on("GetExternalIPAddress", self.HOW["HTTP error"][0])

        done = self.pmp("doctor", "--json", "--no-trial", *UPNP, "--control", self.control)

        self.assertEqual(json.loads(done.stdout)["verdict"]["name"], "unread_external_address")
        self.assertNotRegex(done.stdout, "not connected|own connection")

    def test_is_not_needed_for_a_mapping(self):
        gateway = self.igd()
        for name, (script, _) in self.HOW.items():
            with self.subTest(name):
                gateway.on("GetExternalIPAddress", script)

                done = self.pmp("map", 8080, 2222, "--json", *UPNP, "--timeout", "5s")

                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(json.loads(done.stdout)["external"], {"address": None, "port": 2222})
                self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)
